// Compares a folder's directories with what is remembered, and tells the difference.
//
// Promises
// - A message is called vanished only when two listings in a row lacked it: a rename during a listing can hide a name.
// - A message appears in the order of its UID. When the UID list knows numbers whose files were not seen, the listing is
//   repeated first, for a larger UID must not be told before a smaller one (RFC 3501 §2.3.1.1).
// - A number is given only to what survives a power cut.
import { renameSync } from 'node:fs';
import type { Part } from '../maildir/directory-clock.ts';
import { copyNameOf, keyOfName, sizeInName } from '../maildir/file-name.ts';
import { messagePath } from '../maildir/message-path.ts';
import { factsOf, listFolder } from './list-folder.ts';
import type { OpenFolder } from './open-folder.ts';
import { type Place, StoredMessage } from './stored-message.ts';

const passesMax = 6;
const sliceLength = 1000;

interface Difference {
  /** Base names to place keys. */
  readonly appeared: ReadonlyMap<string, string>;
  readonly changed: readonly (readonly [StoredMessage, Place])[];
  readonly missing: readonly StoredMessage[];
}

/** Only from within `alone`. */
export async function lookAtDirectories(folder: OpenFolder): Promise<void> {
  const { directories, uids } = folder.files;
  let parts = directories.partsToList();
  const isListNew = uids.stampOnDisk() !== folder.memory.seen.uidList;
  if (parts.length === 0 && !isListNew) return;
  // Whatever another process has told the index, it changed names on the disk before.
  if (folder.memory.isBehind) folder.memory.adopt();
  let missingBefore: ReadonlySet<string> | undefined;
  for (let pass = 1; ; pass += 1) {
    directories.beforeListing(parts);
    const difference = compare(folder, parts, await listFolder(folder.dir, parts));
    const isLast = pass >= passesMax;
    if (difference.appeared.size > 0 || isListNew) uids.load();
    const isCertain =
      difference.missing.every(({ baseName }) => missingBefore?.has(baseName) === true) &&
      (pass > 1 || !isSomethingUnseen(folder, difference));
    if (isCertain || isLast) {
      if (await tell(folder, difference, missingBefore ?? new Set())) return;
      missingBefore = undefined;
    } else missingBefore = new Set(difference.missing.map(({ baseName }) => baseName));
    parts = ['new', 'cur'];
    if (pass > passesMax * 2) throw new Error('The folder changes faster than it can be read.');
  }
}

function compare(
  { memory }: OpenFolder,
  parts: readonly Part[],
  found: Map<string, string>,
): Difference {
  const changed: (readonly [StoredMessage, Place])[] = [];
  const missing: StoredMessage[] = [];
  for (const message of memory.messages) {
    const { baseName, place } = message;
    const key = found.get(baseName);
    found.delete(baseName);
    if (!parts.includes(place.directory)) continue;
    if (key === undefined) missing.push(message);
    else if (key !== place.key) changed.push([message, memory.places.at(key)]);
  }
  return { appeared: found, changed, missing };
}

/** True when the UID list has newer numbers than we told, of files that were not in the listing. */
function isSomethingUnseen({ files, memory }: OpenFolder, { appeared }: Difference): boolean {
  if (appeared.size === 0) return false;
  const seen = new Set([...appeared.keys()].map(keyOfName));
  return files.uids.known.keysFrom(memory.uidNext).some((key) => !seen.has(key));
}

/** False when another process changed the index meanwhile, or a file had to be renamed: look again. */
async function tell(
  folder: OpenFolder,
  { appeared, changed, missing }: Difference,
  missingBefore: ReadonlySet<string>,
): Promise<boolean> {
  const { memory, files } = folder;
  const numbered = await number(folder, [...appeared.keys()].sort());
  const back = numbered.filter(
    ({ uid }) => uid < memory.uidNext && memory.message(uid) === undefined,
  );
  if (back.length > 0 && !memory.isFresh) {
    for (const { baseName } of back) renameBack(folder, baseName, appeared.get(baseName) ?? 'c');
    files.directories.forget();
    return false;
  }
  const fresh = await readFacts(folder, appeared, numbered);
  const gone = missing.filter(({ baseName }) => missingBefore.has(baseName));
  return memory.change(
    (modseq) => ({
      appeared: fresh.map((message) => new StoredMessage({ ...message, modseq })),
      changed: changed.map(([message, place]) => message.movedTo(place, modseq)),
      vanished: gone.map(({ uid }) => uid),
    }),
    folder.seen(),
    files.uids.known.nextUid,
  );
}

interface Numbered {
  readonly baseName: string;
  readonly uid: number;
}

async function number(folder: OpenFolder, names: readonly string[]): Promise<readonly Numbered[]> {
  const { uids } = folder.files;
  const without = names.filter((name) => uids.known.get(keyOfName(name)) === undefined);
  if (without.length > 0) {
    await folder.files.sync('new', 'cur');
    await uids.assignMany(without);
  }
  const taken = new Set<number>();
  return names
    .map((baseName) => ({ baseName, uid: uids.known.get(keyOfName(baseName)) ?? 0 }))
    .filter(({ uid }) => uid > 0 && !taken.has(uid) && taken.add(uid))
    .sort((left, right) => left.uid - right.uid);
}

async function readFacts(
  folder: OpenFolder,
  appeared: ReadonlyMap<string, string>,
  numbered: readonly Numbered[],
): Promise<readonly Omit<StoredMessage, never>[]> {
  const { memory, context } = folder;
  const now = Math.trunc(context.clock.now() / 1000);
  const messages: StoredMessage[] = [];
  for (const [index, { baseName, uid }] of numbered.entries()) {
    // Names of other programs cost a look at the file: others shall have their turn meanwhile.
    if (index % sliceLength === sliceLength - 1)
      await new Promise((resolve) => setImmediate(resolve));
    const key = appeared.get(baseName) ?? 'c';
    const facts = factsOf(folder.dir, baseName, key);
    if (facts === undefined || memory.message(uid) !== undefined) continue;
    messages.push(
      new StoredMessage({
        uid,
        modseq: 0,
        place: memory.places.at(key),
        ...facts,
        // RFC 8514 §4: unknown for what was there before we began to look; the day it was received is the best guess.
        savedSeconds: memory.isFresh ? facts.receivedSeconds : now,
        baseName,
      }),
    );
  }
  return messages;
}

/** It went and came back: whoever was told that it went must be told another UID (RFC 3501 §2.3.1.1). */
function renameBack({ dir, context }: OpenFolder, baseName: string, placeKey: string): void {
  const facts = factsOf(dir, baseName, placeKey);
  if (facts === undefined) return;
  const part = placeKey.startsWith('n') ? 'new' : 'cur';
  const name = copyNameOf(baseName, {
    receivedAtMs: facts.receivedSeconds * 1000,
    hostname: context.hostname,
    sizeBytes: sizeInName(baseName) ?? facts.sizeBytes,
    virtualSizeBytes: facts.sizeBytes,
  });
  renameSync(
    messagePath(dir, `${part}/${baseName}${placeKey.slice(1)}`),
    messagePath(dir, `${part}/${name}${placeKey.slice(1)}`),
  );
}
