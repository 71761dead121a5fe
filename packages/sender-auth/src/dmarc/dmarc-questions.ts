// DMARC's questions to DNS for one message: each asked once, all within one deadline.
//
// Promise: "there is none" is said only when DNS said so. SERVFAIL, a timeout, the end of the budget are "unknown".
import type { Resolver } from '@restante/dns';
import { askDns } from '../ask-dns.ts';
import type { Waiting } from '../ask-dns.ts';
import { readDmarcRecord } from './dmarc-record.ts';
import type { AtName } from './tree-walk.ts';

export interface DmarcQuestions {
  /** The DMARC record of exactly this name (RFC 9989 §4.10 steps 1, 2, 5, 6). */
  recordAt(name: string): Promise<AtName>;
  /** RFC 9989 §3.2: a domain exists when it has an A, AAAA or MX record; undefined when DNS could not tell. */
  exists(domain: string): Promise<boolean | undefined>;
}

export function dmarcQuestions(
  resolver: Pick<Resolver, 'resolve'>,
  waiting: Waiting,
): DmarcQuestions {
  const asked = new Map<string, Promise<AtName>>();
  const ask = async (name: string): Promise<AtName> => {
    const found = await askDns(async () => resolver.resolve(`_dmarc.${name}`, 'TXT'), waiting);
    switch (found.kind) {
      case 'records':
        return oneRecord(found.records);
      case 'nothing':
        return { kind: 'none' };
      case 'failed':
        return { kind: 'unknown', problem: found.problem };
    }
  };
  return {
    async recordAt(name) {
      const before = asked.get(name);
      if (before !== undefined) return before;
      const found = ask(name);
      asked.set(name, found);
      return found;
    },
    async exists(domain) {
      const answers = await Promise.all(
        (['MX', 'A', 'AAAA'] as const).map(async (type) =>
          askDns<unknown>(async () => resolver.resolve(domain, type), waiting),
        ),
      );
      if (answers.some(({ kind }) => kind === 'records')) return true;
      return answers.some(({ kind }) => kind === 'failed') ? undefined : false;
    },
  };
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
