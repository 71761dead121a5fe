// Compares a folder's directories with what is remembered, and tells the difference.
//
// Promises
// - A message is called vanished only when two listings in a row lacked it: a rename during a listing can hide a name.
// - A message appears in the order of its UID, and uidNext passes no number whose message is still to be told: one that is
//   in the UID list, but was not in the listing, holds back the larger ones (RFC 3501 §2.3.1.1) until two listings of
//   both directories lacked it. A file is in its place before it gets its number, so nothing there is missed.
// - A number is given only to what survives a power cut.
// - A message keeps its UID, unless that or a larger one was told before it was seen.
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

/** What a listing lacked; only what the next one lacks too is gone. */
interface Lacking {
  /** Base names of messages we told. */
  readonly messages: ReadonlySet<string>;
  /** UIDs that we did not tell, and that were in neither directory. */
  readonly uids: ReadonlySet<number>;
}

const nothing: Lacking = { messages: new Set(), uids: new Set() };

/** Only from within `alone`. */
export async function lookAtDirectories(folder: OpenFolder): Promise<void> {
  const { directories, uids } = folder.files;
  const isListNew = uids.stampOnDisk() !== folder.memory.seen.uidList;
  // New numbers may be those of our own deliveries, and not told yet.
  let parts = directories.partsToList({ evenOurs: isListNew });
  if (parts.length === 0 && !isListNew) return;
  // Whatever another process has told the index, it changed names on the disk before.
  if (folder.memory.isBehind) folder.memory.adopt();
  let before = nothing;
  for (let pass = 1; ; pass += 1) {
    // Before the listing, which then has all that has a number now.
    if (isListNew) uids.load();
    const { nextUid } = uids.known;
    directories.beforeListing(parts);
    const difference = compare(folder, parts, await listFolder(folder.dir, parts));
    if (difference.appeared.size > 0) uids.load();
    const lacking: Lacking = {
      messages: new Set(difference.missing.map(({ baseName }) => baseName)),
      uids: unseenUids(folder, difference),
    };
    const isCertain =
      [...lacking.messages].every((name) => before.messages.has(name)) &&
      [...lacking.uids].every((uid) => uid >= nextUid || before.uids.has(uid));
    if (isCertain || pass >= passesMax) {
      if (await tell(folder, difference, before)) return;
      before = nothing;
    } else before = parts.length === 2 ? lacking : { ...lacking, uids: nothing.uids };
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

/** Numbers in the UID list, not told yet, of files that were not in the listing. */
function unseenUids({ files, memory }: OpenFolder, { appeared }: Difference): ReadonlySet<number> {
  const { known } = files.uids;
  const keys = known.keysFrom(memory.uidNext);
  if (keys.length === 0) return nothing.uids;
  const seen = new Set([...appeared.keys()].map(keyOfName));
  return new Set(keys.filter((key) => !seen.has(key)).map((key) => known.get(key) ?? 0));
}

/** False when another process changed the index meanwhile, or a file had to be renamed: look again. */
async function tell(folder: OpenFolder, difference: Difference, before: Lacking): Promise<boolean> {
  const { memory, files } = folder;
  const { appeared, changed, missing } = difference;
  const numbered = await number(folder, [...appeared.keys()].sort());
  const back = numbered.filter(({ uid }) => isBack(folder, uid));
  if (back.length > 0) {
    for (const { baseName } of back) renameBack(folder, baseName, appeared.get(baseName) ?? 'c');
    files.directories.forget();
    return false;
  }
  const held = [...unseenUids(folder, difference)].filter((uid) => !before.uids.has(uid));
  const uidNext = held.reduce((least, uid) => Math.min(least, uid), files.uids.known.nextUid);
  const inOrder = numbered.filter(({ uid }) => uid < uidNext);
  const fresh = await readFacts(folder, appeared, inOrder);
  const gone = missing.filter(({ baseName }) => before.messages.has(baseName));
  // What is held back was listed, and shall be listed again.
  if (inOrder.length < numbered.length) files.directories.forget();
  return memory.change(
    (modseq) => ({
      appeared: fresh.map((message) => new StoredMessage({ ...message, modseq })),
      changed: changed.map(([message, place]) => message.movedTo(place, modseq)),
      vanished: gone.map(({ uid }) => uid),
    }),
    folder.seen(Math.max(uidNext, memory.uidNext)),
    uidNext,
  );
}

/** True when the number was told to be gone, or would come after larger ones. */
function isBack({ memory }: OpenFolder, uid: number): boolean {
  if (memory.isFresh || uid >= memory.uidNext || memory.message(uid) !== undefined) return false;
  return uid <= memory.largestTold;
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
    uids.known.skipTo(folder.memory.uidNext);
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
