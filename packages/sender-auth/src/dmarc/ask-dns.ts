// DMARC's questions to DNS for one message: each asked once, all within one budget.
//
// Promise: "there is none" is said only when DNS said so. SERVFAIL, a timeout, the end of the budget are "unknown".
import { DnsError } from '@restante/dns';
import type { Resolver } from '@restante/dns';
import type { Clock } from '@restante/runtime';
import { readDmarcRecord } from './dmarc-record.ts';
import type { AtName } from './tree-walk.ts';

export interface DnsQuestions extends Disposable {
  /** The DMARC record of exactly this name (RFC 9989 §4.10 steps 1, 2, 5, 6). */
  recordAt(name: string): Promise<AtName>;
  /** RFC 9989 §3.2: a domain exists when it has an A, AAAA or MX record; undefined when DNS could not tell. */
  exists(domain: string): Promise<boolean | undefined>;
}

export interface DnsQuestionsOptions {
  readonly resolver: Pick<Resolver, 'resolve'>;
  readonly clock: Clock;
  readonly budgetMs: number;
  readonly signal?: AbortSignal | undefined;
}

type Lines =
  | { readonly kind: 'records'; readonly records: readonly unknown[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly problem: string };

export function askDns({ resolver, clock, budgetMs, signal }: DnsQuestionsOptions): DnsQuestions {
  const end = new AbortController();
  const tooLate: Promise<Lines> = clock.sleep(budgetMs, end.signal).then(
    () => ({ kind: 'unknown', problem: 'DNS took too long.' }),
    () => ({ kind: 'unknown', problem: 'Nobody waits any more.' }),
  );
  const stop = () => end.abort();
  signal?.addEventListener('abort', stop, { once: true });
  const asked = new Map<string, Promise<AtName>>();

  const ask = async (name: string, type: 'TXT' | 'A' | 'AAAA' | 'MX'): Promise<Lines> => {
    const found = await Promise.race([lines(resolver.resolve(name, type), name), tooLate]);
    signal?.throwIfAborted();
    return found;
  };
  const recordAt = async (name: string): Promise<AtName> => {
    const found = await ask(`_dmarc.${name}`, 'TXT');
    return found.kind === 'records' ? oneRecord(found.records as readonly string[][]) : found;
  };

  return {
    recordAt(name) {
      const before = asked.get(name);
      if (before !== undefined) return before;
      const found = recordAt(name);
      asked.set(name, found);
      return found;
    },
    async exists(domain) {
      const answers = await Promise.all([ask(domain, 'MX'), ask(domain, 'A'), ask(domain, 'AAAA')]);
      if (answers.some(({ kind }) => kind === 'records')) return true;
      return answers.some(({ kind }) => kind === 'unknown') ? undefined : false;
    },
    [Symbol.dispose]() {
      signal?.removeEventListener('abort', stop);
      end.abort();
    },
  };
}

async function lines(answer: Promise<readonly unknown[]>, name: string): Promise<Lines> {
  try {
    return { kind: 'records', records: await answer };
  } catch (cause) {
    if (!(cause instanceof DnsError)) throw cause;
    // ENOTFOUND, ENODATA, and a name DNS cannot hold: nothing can stand there.
    if (!cause.isTransient) return { kind: 'none' };
    return { kind: 'unknown', problem: `DNS could not tell about ${name} (${cause.code}).` };
  }
}

/** §4.10: what does not say DMARC1 is no record; of several that do, none counts. */
function oneRecord(texts: readonly (readonly string[])[]): AtName {
  const found = texts
    .map((strings) => readDmarcRecord(strings.join('')))
    .filter((read) => read.kind !== 'other');
  const [only] = found;
  if (only === undefined) return { kind: 'none' };
  return found.length === 1
    ? only
    : { kind: 'unusable', problem: 'There are several DMARC records at one name.' };
}
