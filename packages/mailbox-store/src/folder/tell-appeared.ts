// Tells a folder of messages that we have just put into it ourselves, without reading its directories.
import type { Part } from '../maildir/directory-clock.ts';
import type { OpenFolder } from './open-folder.ts';
import { StoredMessage } from './stored-message.ts';

export interface PutMessage {
  readonly uid: number;
  readonly baseName: string;
  readonly directory: Part;
  readonly suffix: string;
  readonly sizeBytes: number;
  readonly receivedAtMs: number;
}

/** They are durable and have their UIDs. Only from within `alone`. */
export async function tellAppeared(
  folder: OpenFolder,
  messages: readonly PutMessage[],
): Promise<void> {
  const { memory, context } = folder;
  const news = messages.filter(({ uid }) => memory.message(uid) === undefined);
  const [first, last] = [news[0], news.at(-1)];
  if (first === undefined || last === undefined) return;
  // Numbers before them that we never told are somebody else's: told in order, they need a look at the disk.
  const isNext = first.uid === memory.uidNext && last.uid === first.uid + news.length - 1;
  const savedSeconds = Math.trunc(context.clock.now() / 1000);
  const isTold =
    isNext &&
    memory.change(
      (modseq) => ({
        appeared: news.map(
          (message) =>
            new StoredMessage({
              uid: message.uid,
              modseq,
              place: memory.places.at((message.directory === 'new' ? 'n' : 'c') + message.suffix),
              sizeBytes: message.sizeBytes,
              receivedSeconds: Math.trunc(message.receivedAtMs / 1000),
              savedSeconds,
              baseName: message.baseName,
            }),
        ),
      }),
      folder.seen(last.uid + 1),
      last.uid + 1,
    );
  if (isTold) return;
  folder.files.directories.forget();
  await folder.look();
}
