// What the A records of a list say (RFC 5782 §2.3): nothing that counts, a hit, or that the list is not to be believed. Pure.
import { refusalOf } from './known-lists.ts';
import type { ListCode, ListSettings } from './block-lists.ts';

export type ListAnswer =
  | { readonly kind: 'clean' }
  | {
      readonly kind: 'hit';
      readonly code: string;
      readonly points: number;
      readonly meaning?: string;
    }
  /** One sentence with what to do. */
  | { readonly kind: 'broken'; readonly problem: string };

export function readAnswer(records: readonly string[], settings: ListSettings): ListAnswer {
  const problem = problemOf(records, settings);
  if (problem !== undefined) return { kind: 'broken', problem };
  let strongest: ListAnswer = { kind: 'clean' };
  // Sorted, so that equal weights give the same answer whatever order the records came in.
  for (const code of records.toSorted()) {
    const rule = settings.codes.find((each) => isWithin(code, each));
    if (rule === undefined && (settings.codes.length > 0 || code === '127.0.0.1')) continue;
    const points = rule?.points ?? settings.points;
    if (strongest.kind === 'hit' && Math.abs(points) <= Math.abs(strongest.points)) continue;
    const meaning = rule?.meaning;
    strongest = { kind: 'hit', code, points, ...(meaning === undefined ? {} : { meaning }) };
  }
  return strongest;
}

/** Why answers like these must not be believed, whatever they were about. */
export function problemOf(
  records: readonly string[],
  { zone, kind, codes }: ListSettings,
): string | undefined {
  // RFC 6471 §3.4: a domain that ran out answers for every name, with the address of a shop for domains.
  const outside = records.find((record) => !record.startsWith('127.'));
  if (outside !== undefined) {
    return `${zone} answers ${outside}, which no list does (RFC 5782 §2.1): its domain was probably given up. Remove the list.`;
  }
  for (const record of records) {
    const refusal = refusalOf(zone, record);
    if (refusal !== undefined) return refusal;
    const isMeant = codes.some((code) => isWithin(record, code));
    // Lists of domains say so that they do not serve this resolver.
    if (record === '127.0.0.1' && kind === 'domain' && !isMeant) {
      return `${zone} refuses questions of our resolver (it answers 127.0.0.1). Ask it through a resolver of your own, or get access from its operator.`;
    }
  }
  return undefined;
}

function isWithin(code: string, { from, to }: ListCode): boolean {
  const [low, high] = [octets(from), octets(to)];
  return octets(code).every((octet, at) => octet >= (low[at] ?? 0) && octet <= (high[at] ?? 255));
}

function octets(address: string): readonly number[] {
  return address.split('.').map(Number);
}
