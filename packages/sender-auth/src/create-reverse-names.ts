// iprev (RFC 8601 §2.7.3, §3): the names of an address (PTR), and whether one of them leads back to it.
//
// Promises
// - At most ten names are looked at: they are written by whoever has the address.
// - A failure counts only when no name led back: then it is temperror, never fail.
// - Nothing is remembered here; the resolver's cache does that, within the records' time to live.
import type { Resolver } from '@restante/dns';
import { askDns } from './ask-dns.ts';
import type { Answered } from './ask-dns.ts';
import { startDeadline } from './deadline.ts';
import type { ReverseNameAnswer, ReverseNames } from './reverse-name.ts';
import { addressText, isAddress, parseClientAddress } from './spf/network.ts';
import type { IpAddress } from './spf/network.ts';

export interface ReverseNamesOptions {
  readonly resolver: Pick<Resolver, 'resolve' | 'reverse'>;
  readonly budgetMs: number;
}

const namesMax = 10;

export function createReverseNames({ resolver, budgetMs }: ReverseNamesOptions): ReverseNames {
  return {
    async check(text, signal) {
      signal?.throwIfAborted();
      const address = parseClientAddress(text);
      if (!address) return { result: 'none', problem: 'This is no IP address.' };
      using deadline = startDeadline(budgetMs, signal);
      const waiting = { deadline, signal };
      const pointers = await askDns(() => resolver.reverse(addressText(address)), waiting);
      if (pointers.kind === 'failed') return { result: 'temperror', problem: pointers.problem };
      if (pointers.kind === 'nothing')
        return { result: 'none', problem: 'The address has no name (PTR).' };
      const type = address.family === 4 ? 'A' : 'AAAA';
      const names = pointers.records.slice(0, namesMax);
      return await firstThatLeadsBack(
        address,
        names.map((name) => ({
          name,
          asking: askDns(() => resolver.resolve(name, type), waiting),
        })),
      );
    },
  };
}

interface Lookup {
  readonly name: string;
  readonly asking: Promise<Answered<string>>;
}

/** One that leads back is enough: the silence of the others is not waited for. */
async function firstThatLeadsBack(
  address: IpAddress,
  lookups: readonly Lookup[],
): Promise<ReverseNameAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ReverseNameAnswer>();
  const settled = lookups.map(async ({ name, asking }) => {
    const answer = await asking;
    if (answer.kind === 'records' && answer.records.some((text) => isAddress(text, address)))
      resolve({ result: 'pass', name });
    return answer;
  });
  Promise.all(settled).then((answers) => {
    const failed = answers.find((answer) => answer.kind === 'failed');
    resolve(
      failed
        ? { result: 'temperror', problem: failed.problem }
        : { result: 'fail', problem: 'No name of the address leads back to it.' },
    );
  }, reject);
  return promise;
}
