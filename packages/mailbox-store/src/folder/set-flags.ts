// STORE: flags are file names, so changing them is a rename within cur/, or from new/ to cur/.
import { renameSync } from 'node:fs';
import { messagePath } from '../maildir/message-path.ts';
import type { FlagChange, FlagsAnswer } from '../mailbox.ts';
import { eachFile } from './each-file.ts';
import { ensureKeywords } from './ensure-keywords.ts';
import type { OpenFolder } from './open-folder.ts';
import type { Place, StoredMessage } from './stored-message.ts';

export async function setFlags(
  folder: OpenFolder,
  uids: readonly number[],
  change: FlagChange,
  { unchangedSince = Number.POSITIVE_INFINITY }: { readonly unchangedSince?: number } = {},
): Promise<FlagsAnswer> {
  return folder.alone(async () => {
    if (change.how !== 'remove' && !(await ensureKeywords(folder, change.flags)))
      return { changed: [], modified: [], tooManyKeywords: true };
    const modified = new Set<number>();
    const places = new Map<number, Place>();
    let isFromNew = false;
    await eachFile(folder, uids, (message) => {
      // RFC 7162 §3.1.3: those changed since the client last looked are left alone.
      if (message.modseq > unchangedSince) {
        modified.add(message.uid);
        return;
      }
      const place = placeAfter(folder, message, change);
      if (place === message.place) return;
      isFromNew ||= message.place.directory === 'new';
      renameSync(
        messagePath(folder.dir, message.path),
        messagePath(folder.dir, `cur/${message.baseName}${place.suffix}`),
      );
      places.set(message.uid, place);
    });
    if (places.size > 0) await tell(folder, places, isFromNew);
    const changed = [...places.keys()].flatMap((uid) => folder.memory.message(uid) ?? []);
    return { changed, modified: [...modified].sort((left, right) => left - right) };
  });
}

async function tell(
  folder: OpenFolder,
  places: ReadonlyMap<number, Place>,
  isFromNew: boolean,
): Promise<void> {
  const { files, memory } = folder;
  try {
    // The new name first: a message must not be lost between two directories.
    await files.sync('cur');
    if (isFromNew) await files.sync('new');
  } catch (cause) {
    // What is on the disk now is not known; it is looked at before anything is told.
    files.directories.forget();
    throw cause;
  }
  const isTold = memory.change(
    (modseq) => ({
      changed: [...places].flatMap(
        ([uid, place]) => memory.message(uid)?.movedTo(place, modseq) ?? [],
      ),
    }),
    folder.seen(),
  );
  if (isTold) return;
  files.directories.forget();
  await folder.look();
}

function placeAfter({ memory }: OpenFolder, message: StoredMessage, change: FlagChange): Place {
  const { letters } = memory.places;
  const { place } = message;
  const wanted = flagsAfter(place.flags, change);
  if (place.directory === 'new' && wanted.length === 0) return place;
  const key = `c${letters.suffixFor(wanted, place.suffix)}`;
  const next = memory.places.at(key);
  // The same flags under an odd name stay as they are.
  return next.flags === place.flags && place.directory === 'cur' ? place : next;
}

function flagsAfter(flags: readonly string[], change: FlagChange): readonly string[] {
  const named = new Set(change.flags.map((flag) => flag.toLowerCase()));
  switch (change.how) {
    case 'replace':
      return change.flags;
    case 'add':
      return [...flags, ...change.flags];
    case 'remove':
      return flags.filter((flag) => !named.has(flag.toLowerCase()));
  }
}
