// From what somebody typed to an entry, and from an entry to its tombstone. Throws PolicyError (ENTRY_INVALID) with what was wrong.
import { PolicyError } from '../errors.ts';
import {
  entryId,
  isLive,
  isPlainAuthor,
  isPlainReason,
  parseForWhom,
  plainText,
} from './entry-rules.ts';
import type { NewEntry, OperatorEntry } from './operator-lists.ts';
import { parseSubject } from './parse-subject.ts';

/** The very entry that stands when nothing about it would be new. */
export function entryFrom(
  wanted: NewEntry,
  nowMs: number,
  stands: (id: string) => OperatorEntry | undefined,
): OperatorEntry {
  const { list, expiresAtMs } = wanted;
  const subject = parseSubject(wanted.subject);
  if (!subject.ok) throw invalid(subject.problem);
  const forWhom = wanted.for === undefined ? undefined : parseForWhom(wanted.for);
  if (forWhom?.ok === false) throw invalid(forWhom.problem);
  const reason = plainText(wanted.reason);
  const author = plainText(wanted.author);
  if (!isPlainReason(reason)) throw invalid('The reason is too long.');
  if (!isPlainAuthor(author)) throw invalid('The author is missing or too long.');
  if (expiresAtMs !== undefined && !(Number.isSafeInteger(expiresAtMs) && expiresAtMs > nowMs))
    throw invalid('It would end before it begins.');
  const id = entryId(list, subject.value, forWhom?.value);
  const before = stands(id);
  const isThere = before !== undefined && isLive(before, nowMs);
  if (
    isThere &&
    before.reason === reason &&
    before.author === author &&
    before.expiresAtMs === expiresAtMs
  )
    return before;
  return {
    id,
    list,
    subject: subject.value,
    ...(forWhom === undefined ? {} : { for: forWhom.value }),
    reason,
    author,
    createdAtMs: isThere ? before.createdAtMs : nowMs,
    changedAtMs: after(before, nowMs),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  };
}

export function tombstoneOf(entry: OperatorEntry, author: string, nowMs: number): OperatorEntry {
  const by = plainText(author);
  return {
    ...entry,
    author: isPlainAuthor(by) ? by : entry.author,
    changedAtMs: after(entry, nowMs),
    isRemoved: true,
  };
}

/** The newest word is newer than what it answers, whatever the clocks of two sites say. */
function after(before: OperatorEntry | undefined, nowMs: number): number {
  return Math.max(Math.floor(nowMs), (before?.changedAtMs ?? -1) + 1);
}

function invalid(about: string): PolicyError {
  return new PolicyError('ENTRY_INVALID', { about });
}
