// What an entry is, whose word about it counts, and when it is over. Pure; everything that comes from a file or from another site goes
// through readEntry().
import { hash } from 'node:crypto';
import { parseAddress, parseDomain, type Parsed } from '@restante/mail-model';
import type { EntryKind, EntrySubject, OperatorEntry } from './operator-lists.ts';
import { parseSubject, subjectText } from './parse-subject.ts';

/** What was removed or has ended is remembered so long, so that a site that was away does not bring it back. */
const tombstoneMs = 30 * 86_400_000;
/** A clock that is further ahead is wrong. */
const aheadMaxMs = 86_400_000;
const reasonMax = 500;
const authorMax = 200;

export function entryId(
  list: EntryKind,
  subject: EntrySubject,
  forWhom: string | undefined,
): string {
  return hash('sha256', `${list}\n${subjectText(subject)}\n${forWhom ?? ''}`, 'hex').slice(0, 16);
}

/** An account or a domain, in lower case and A-labels. */
export function parseForWhom(text: string): Parsed<string> {
  if (!text.includes('@')) return parseDomain(text);
  const parsed = parseAddress(text);
  if (!parsed.ok) return parsed;
  return { ok: true, value: `${parsed.value.local}@${parsed.value.domain}`.toLowerCase() };
}

/** One line, no controls and nothing that turns the direction of text: it ends in logs and on screens. */
export function plainText(text: string): string {
  return text
    .replaceAll(/[\s\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .trim();
}

export function isPlainReason(text: string): boolean {
  return text.length <= reasonMax && text === plainText(text);
}

export function isPlainAuthor(text: string): boolean {
  return text !== '' && text.length <= authorMax && text === plainText(text);
}

/** True when `one` counts and `other` does not: the newer; at the same moment a removal; then whichever reads greater, at every site. */
export function isNewer(one: OperatorEntry, other: OperatorEntry): boolean {
  if (one.changedAtMs !== other.changedAtMs) return one.changedAtMs > other.changedAtMs;
  if (one.isRemoved !== other.isRemoved) return one.isRemoved === true;
  return JSON.stringify(one) > JSON.stringify(other);
}

export function isLive({ isRemoved, expiresAtMs }: OperatorEntry, nowMs: number): boolean {
  return isRemoved !== true && (expiresAtMs === undefined || expiresAtMs > nowMs);
}

/** Nobody has to know of it any more. */
export function isForgotten(entry: OperatorEntry, nowMs: number): boolean {
  if (isLive(entry, nowMs)) return false;
  return Math.max(entry.changedAtMs, entry.expiresAtMs ?? 0) + tombstoneMs < nowMs;
}

/** Undefined for what is no entry as this package would have written it. Keys come in one order, so that text can be compared. */
export function readEntry(value: unknown, nowMs: number): OperatorEntry | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const raw = value as { readonly [Key in keyof OperatorEntry]?: unknown };
  const { list, reason, author, createdAtMs, changedAtMs, expiresAtMs, isRemoved } = raw;
  if (list !== 'block' && list !== 'allow') return undefined;
  const subject = readSubject(raw.subject);
  if (subject === undefined) return undefined;
  if (raw.for !== undefined && !isForWhom(raw.for)) return undefined;
  if (typeof reason !== 'string' || !isPlainReason(reason)) return undefined;
  if (typeof author !== 'string' || !isPlainAuthor(author)) return undefined;
  if (!isTime(createdAtMs) || !isTime(changedAtMs) || changedAtMs > nowMs + aheadMaxMs)
    return undefined;
  if (expiresAtMs !== undefined && !isTime(expiresAtMs)) return undefined;
  const id = entryId(list, subject, raw.for);
  if (raw.id !== id) return undefined;
  return {
    id,
    list,
    subject,
    ...(raw.for === undefined ? {} : { for: raw.for }),
    reason,
    author,
    createdAtMs,
    changedAtMs,
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...(isRemoved === true ? { isRemoved } : {}),
  };
}

function readSubject(value: unknown): EntrySubject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const raw = value as Readonly<Record<string, unknown>>;
  const text = raw['network'] ?? raw['domain'] ?? raw['address'];
  const parsed = typeof text === 'string' ? parseSubject(text) : undefined;
  if (parsed?.ok !== true || parsed.value.kind !== raw['kind']) return undefined;
  return subjectText(parsed.value) === text ? parsed.value : undefined;
}

function isForWhom(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const parsed = parseForWhom(value);
  return parsed.ok && parsed.value === value;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
