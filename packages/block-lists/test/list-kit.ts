// A zone with lists, a real resolver, and block lists that ask through it.
import { createResolver } from '@restante/dns';
import type { Resolver, Zone } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import type { Clock } from '@restante/runtime';
import { createBlockLists } from '../src/index.ts';
import type { BlockListEvent, BlockLists, BlockListsOptions } from '../src/index.ts';

export const addressList = { zone: 'bl.example', kind: 'address', points: 3, codes: [] } as const;
export const domainList = { zone: 'dbl.example', kind: 'domain', points: 5, codes: [] } as const;

/** Test points of RFC 5782 §5 for an address list and a domain list that are well, and a few entries. */
export const zone: Zone = {
  '2.0.0.127.bl.example': { A: ['127.0.0.2'] },
  '66.2.0.192.bl.example': {
    A: ['127.0.0.4'],
    TXT: [['Listed, see https://bl.example/', '?192.0.2.66\r\n']],
  },
  [`1.0.0.0.${'0.'.repeat(20)}8.b.d.0.1.0.0.2.bl.example`]: { A: ['127.0.0.2'] },
  'test.dbl.example': { A: ['127.0.1.2'] },
  'bad.example.dbl.example': { A: ['127.0.1.4'] },
};

export interface Kit extends AsyncDisposable {
  readonly lists: BlockLists;
  readonly events: readonly BlockListEvent[];
  readonly resolver: Resolver;
  names(): readonly string[];
}

export async function startLists(
  server: { readonly address: string },
  options: Partial<BlockListsOptions> & { readonly clock?: Clock } = {},
): Promise<Kit> {
  const clock = options.clock ?? systemClock;
  const resolver = createResolver({
    servers: [server.address],
    clock,
    timeoutMs: 200,
    retries: 1,
    deadlineMs: 2000,
  });
  const events: BlockListEvent[] = [];
  const lists = createBlockLists({
    lists: [addressList, domainList],
    resolver,
    clock,
    budgetMs: 400,
    healthEveryMs: 600_000,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return {
    lists,
    events,
    resolver,
    names: () => events.map(({ name }) => name),
    async [Symbol.asyncDispose]() {
      await lists[Symbol.asyncDispose]();
      await resolver.stop();
    },
  };
}

/** A clock whose time moves on when told; pauses are real. */
export function handClock(): Clock & { aheadMs: number } {
  return {
    ...systemClock,
    aheadMs: 0,
    monotonicMs() {
      return performance.now() + this.aheadMs;
    },
  };
}
