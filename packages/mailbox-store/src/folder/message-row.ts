// A message as the index keeps it, and back.
import type { MessageRow } from '../index/mailbox-index.ts';
import { type Places, StoredMessage } from './stored-message.ts';

export function messageOf(
  [uid, modseq, place, sizeBytes, received, saved, baseName]: MessageRow,
  places: Places,
): StoredMessage {
  return new StoredMessage({
    uid,
    modseq,
    place: places.at(place),
    sizeBytes,
    receivedSeconds: received,
    savedSeconds: saved,
    baseName,
  });
}

export function rowOf(message: StoredMessage): MessageRow {
  const { uid, modseq, place, sizeBytes, receivedSeconds, savedSeconds, baseName } = message;
  return [uid, modseq, place.key, sizeBytes, receivedSeconds, savedSeconds, baseName];
}
