// What the resolver's tests share: a zone, a resolver with little patience, one server that behaves as told.
import { systemClock } from '@restante/runtime';
import type { Clock } from '@restante/runtime';
import { createResolver } from '../src/index.ts';
import type { ResolverOptions, Zone } from '../src/index.ts';
import { startFaultyServer } from './faulty-server.ts';
import type { Behaviour } from './faulty-server.ts';

export const zone: Zone = {
  'a.example': {
    MX: [
      { priority: 10, exchange: 'MX1.A.example' },
      { priority: 20, exchange: 'mx2.a.example' },
    ],
    TXT: [['v=spf1 ', '-all'], ['second']],
    NS: ['ns.a.example'],
    CAA: [{ critical: 0, issue: 'ca.example' }],
    SOA: [
      {
        nsname: 'ns.a.example',
        hostmaster: 'h.a.example',
        serial: 7,
        refresh: 1,
        retry: 2,
        expire: 3,
        minttl: 4,
      },
    ],
  },
  'mx1.a.example': { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1'] },
  'alias.example': { CNAME: ['hop.example'] },
  'hop.example': { CNAME: ['mx1.a.example'] },
  'no-mail.example': { MX: [{ priority: 0, exchange: '' }] },
  '_25._tcp.mx1.a.example': {
    TLSA: [{ certUsage: 3, selector: 1, match: 1, data: Uint8Array.from([1, 2, 3]).buffer }],
  },
  '_submission._tcp.a.example': {
    SRV: [{ priority: 1, weight: 2, port: 587, name: 'mail.a.example' }],
  },
  '1.2.0.192.in-addr.arpa': { PTR: ['MX1.a.example'] },
  '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': {
    PTR: ['mx1.a.example'],
  },
  '*.wild.example': { A: ['192.0.2.9'] },
  'xn--mnchen-3ya.example': { A: ['192.0.2.5'] },
};

export function resolverFor(
  servers: readonly { readonly address: string }[],
  options: Partial<ResolverOptions> = {},
) {
  return createResolver({
    servers: servers.map((server) => server.address),
    clock: systemClock,
    timeoutMs: 150,
    retries: 1,
    deadlineMs: 3000,
    ...options,
  });
}

/** A clock that moves when told. */
export function handClock(): Clock & { nowMs: number } {
  return {
    ...systemClock,
    nowMs: 0,
    monotonicMs() {
      return this.nowMs;
    },
  };
}

/** Runs the work against one server that behaves so. */
export async function against(
  behave: Behaviour,
  work: (parts: {
    readonly resolver: ReturnType<typeof createResolver>;
    readonly server: Awaited<ReturnType<typeof startFaultyServer>>;
  }) => Promise<void>,
  options: Partial<ResolverOptions> = {},
) {
  await using server = await startFaultyServer(behave);
  await using resolver = resolverFor([server], options);
  await work({ resolver, server });
}
