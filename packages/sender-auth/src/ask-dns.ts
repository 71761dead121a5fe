// One question to DNS with its three possible answers. Throws for nothing but the caller's signal.
//
// ENOTFOUND and ENODATA are "nothing" (RFC 2308); a name that DNS cannot hold has nothing either, and is never asked for.
// Everything else, even what nobody has thought of, is "failed": nobody may take it for "there is nothing".
import type { Deadline } from './deadline.ts';

export type Answered<T> =
  | { readonly kind: 'records'; readonly records: readonly T[] }
  /** `isName`: the name exists, with records of other types. */
  | { readonly kind: 'nothing'; readonly isName: boolean }
  | { readonly kind: 'failed'; readonly problem: string };

export interface Waiting {
  readonly deadline: Deadline;
  readonly signal?: AbortSignal | undefined;
}

/** `ask` is called at once; what it throws is an answer too. */
export async function askDns<T>(
  ask: () => Promise<readonly T[]>,
  { deadline, signal }: Waiting,
): Promise<Answered<T>> {
  signal?.throwIfAborted();
  try {
    return { kind: 'records', records: await deadline.within(ask()) };
  } catch (cause) {
    signal?.throwIfAborted();
    switch (codeOf(cause)) {
      case 'ENODATA':
        return { kind: 'nothing', isName: true };
      case 'ENOTFOUND':
      case 'EBADNAME':
        return { kind: 'nothing', isName: false };
      default:
        return { kind: 'failed', problem: oneLine(cause) };
    }
  }
}

// Names of strangers stand in it.
const problemMax = 400;

function oneLine(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.slice(0, problemMax).replace(/[^\x20-\x7e]/g, '?');
}

function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}
