// Finds messages: first by what is in memory, then by the full-text index, then by reading the few that are left.
//
// Promise: nothing is asked of the disk for a message that was decided without it, and other clients are served in between.
import { setImmediate as others } from 'node:timers/promises';
import { decodeWords, guessText, headerFields, rawValue } from '@restante/mime';
import type { Folder, Message } from '@restante/mailbox-store';
import type { SelectedFolder } from '../session/selected-folder.ts';
import { messageTest, type Evidence, type MessageTest } from './message-test.ts';
import { wordsIn, type SearchKey } from './search-key.ts';

export interface Found {
  readonly message: Message;
  readonly sequence: number;
}

/** In between so many, others have their turn. */
const turnLength = 20_000;

/** Matching messages of the client's view, ascending. */
export async function runSearch(view: SelectedFolder, key: SearchKey): Promise<readonly Found[]> {
  const { folder } = view;
  const test = messageTest(key);
  const evidence: Evidence = { found: new Map() };
  const first = await sift(view, test, evidence);
  if (first.undecided.length === 0) return first.matching;

  // One query a key, whatever the number of messages.
  for (const words of wordsIn(key)) {
    evidence.found.set(words, await folder.search({ in: words.in, words: words.words }));
  }
  const second = first.undecided.filter((found) => {
    const answer = test(found.message, found.sequence, evidence);
    if (answer === true) first.matching.push(found);
    return answer === undefined;
  });
  for await (const found of readAndTest(folder, second, { test, evidence })) {
    first.matching.push(found);
  }
  return first.matching.toSorted((a, b) => a.sequence - b.sequence);
}

async function sift(
  view: SelectedFolder,
  test: MessageTest,
  evidence: Evidence,
): Promise<{ readonly matching: Found[]; readonly undecided: readonly Found[] }> {
  const matching: Found[] = [];
  const undecided: Found[] = [];
  for (let sequence = 1; sequence <= view.exists; sequence += 1) {
    const message = view.at(sequence);
    if (message === undefined) break;
    const answer = test(message, sequence, evidence);
    if (answer === true) matching.push({ message, sequence });
    else if (answer === undefined) undecided.push({ message, sequence });
    if (sequence % turnLength === 0) await others();
  }
  return { matching, undecided };
}

async function* readAndTest(
  folder: Folder,
  candidates: readonly Found[],
  { test, evidence }: { readonly test: MessageTest; readonly evidence: Evidence },
): AsyncIterable<Found> {
  if (candidates.length === 0) return;
  const byUid = new Map(candidates.map((found) => [found.message.uid, found]));
  for await (const { uid, about } of folder.describe([...byUid.keys()])) {
    const found = byUid.get(uid);
    if (found === undefined) continue;
    evidence.about = about;
    evidence.hasInHeader = undefined;
    let answer = test(found.message, found.sequence, evidence);
    if (answer === undefined) {
      const header = await folder.read(uid, { start: 0, end: about.structure.bodyStart });
      // Gone meanwhile: it matches nothing any more.
      if (header === undefined) continue;
      evidence.hasInHeader = (name, words) => isInHeader(header, name, words);
      answer = test(found.message, found.sequence, evidence);
    }
    if (answer === true) yield found;
  }
}

/** RFC 3501 §6.4.4 HEADER: a field of this name whose decoded text contains the words; the empty string asks for the field alone. */
function isInHeader(header: Buffer, name: string, words: string): boolean {
  const wanted = words.toLowerCase();
  return headerFields(header).some(
    (field) =>
      field.name.toLowerCase() === name &&
      decodeWords(guessText(Buffer.from(rawValue(header, field), 'latin1')))
        .toLowerCase()
        .includes(wanted),
  );
}
