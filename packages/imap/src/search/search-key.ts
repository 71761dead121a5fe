// What a client may look for (RFC 3501 §6.4.4, RFC 9051 §6.4.4), once the words are read: numbers are numbers, days are
// milliseconds, "*" and "$" are resolved against the folder.

export type SearchKey =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'and'; readonly keys: readonly SearchKey[] }
  | { readonly kind: 'or'; readonly keys: readonly SearchKey[] }
  | { readonly kind: 'not'; readonly key: SearchKey }
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'sequence'; readonly has: (sequence: number) => boolean }
  | { readonly kind: 'uid'; readonly has: (uid: number) => boolean }
  | {
      readonly kind: 'time';
      readonly of: MessageTime;
      readonly fromMs: number;
      readonly untilMs: number;
    }
  | { readonly kind: 'size'; readonly over: number; readonly under: number }
  | { readonly kind: 'modseq'; readonly atLeast: number }
  | { readonly kind: 'email-id'; readonly id: string }
  | { readonly kind: 'words'; readonly in: SearchedField; readonly words: string }
  | { readonly kind: 'header'; readonly name: string; readonly words: string };

/** `sent` counts in the zone of the Date header, the others in UTC, which is the zone they are shown in. */
export type MessageTime = 'received' | 'saved' | 'sent';

export type SearchedField = 'bcc' | 'body' | 'cc' | 'from' | 'subject' | 'text' | 'to';

/** How dear it is to know: 0 in memory, 1 the full-text index, 2 the described message, 3 its header. */
export function costOf(key: SearchKey): number {
  switch (key.kind) {
    case 'and':
    case 'or':
      return key.keys.reduce((dearest, inner) => Math.max(dearest, costOf(inner)), 0);
    case 'not':
      return costOf(key.key);
    case 'words':
      return 1;
    case 'time':
      return key.of === 'sent' ? 2 : 0;
    case 'header':
      return 3;
    default:
      return 0;
  }
}

/** The keys that need the full-text index, wherever they stand. */
export function wordsIn(key: SearchKey): readonly (SearchKey & { readonly kind: 'words' })[] {
  if (key.kind === 'words') return [key];
  if (key.kind === 'and' || key.kind === 'or') return key.keys.flatMap(wordsIn);
  return key.kind === 'not' ? wordsIn(key.key) : [];
}

/** Whether MODSEQ was asked for anywhere: the answer then carries one (RFC 7162 §3.1.5). */
export function asksModseq(key: SearchKey): boolean {
  if (key.kind === 'and' || key.kind === 'or') return key.keys.some(asksModseq);
  return key.kind === 'not' ? asksModseq(key.key) : key.kind === 'modseq';
}
