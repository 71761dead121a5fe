// The relay's parts for tests: a real spool in a directory of its own, a timetable and a next hop that do as the test says.
import { hash } from 'node:crypto';
import {
  acceptVerdict,
  createMessageIdMaker,
  type DeliveryOutcome,
  type NotifyOn,
  type RestanteEvent,
  type Route,
} from '@restante/mail-model';
import { defaultSchedule, type RetryQueue } from '@restante/retry-queue';
import { systemClock } from '@restante/runtime';
import { openSpool, type Spool, type SpooledMessage, type SpoolOptions } from '@restante/spool';
import { testSpoolOptions } from '@restante/spool/testing';
import { createKeptBack, createRouter, openHolds, type RelayParts } from '../src/index.ts';

export interface TestRelay extends AsyncDisposable {
  readonly parts: RelayParts;
  readonly spool: Spool;
  readonly events: RestanteEvent[];
  /** Ids on the timetable, by route. */
  readonly timetable: Map<Route, Set<string>>;
  readonly calls: string[];
  /** What the next hop says to everybody. */
  outcome: DeliveryOutcome;
  nowMs: number;
}

export interface TestRelayOptions {
  readonly dir: string;
  readonly spool?: Partial<SpoolOptions>;
  readonly nowMs?: number;
}

const domains = [
  { name: 'here.test', home: 'test', backups: ['us'] },
  { name: 'us.test', home: 'us', backups: ['test'] },
  { name: 'also-us.test', home: 'us', backups: ['test'] },
];
const router = createRouter('test', domains);

export async function startTestRelay({
  dir,
  spool: spoolOptions,
  nowMs = Date.now(),
}: TestRelayOptions): Promise<TestRelay> {
  const clock = { ...systemClock, now: () => relay.nowMs };
  const routesOf: SpoolOptions['routesOf'] = (_facts, pending) => [
    ...new Set(pending.map((recipient) => router.routeOf(recipient))),
  ];
  const events: RestanteEvent[] = [];
  const onEvent = (event: RestanteEvent) => void events.push(event);
  const timetable = new Map<Route, Set<string>>();
  const idsOn = (route: Route) => insert(timetable, route);
  const calls: string[] = [];
  const queue = {
    isReachable: true,
    counts: async (route: Route) => ({
      waiting: idsOn(route).size,
      delayed: 0,
      active: 0,
      isPaused: false,
    }),
    repair: async (route: Route) => calls.push(`repair ${route}`),
    async *ids(route: Route) {
      yield [...idsOn(route)];
    },
    schedule: async (entries: readonly { readonly id: string; readonly route: Route }[]) => {
      for (const { id, route } of entries) idsOn(route).add(id);
    },
    remove: async (id: string, route: Route) => idsOn(route).delete(id),
  };
  const relay = {
    events,
    timetable,
    calls,
    nowMs,
    outcome: {
      kind: 'deferred',
      reply: { code: 451, enhanced: '4.4.1', text: 'later' },
      cause: 'next-hop-unreachable',
    } as DeliveryOutcome,
  };
  const spool = await openSpool({
    ...testSpoolOptions(dir),
    ...spoolOptions,
    routesOf,
    onEvent,
    clock,
  });
  await spool.loaded;
  const parts: RelayParts = {
    site: 'test',
    hostname: 'mx.here.test',
    spool,
    queue: queue as unknown as RetryQueue,
    timetable: {
      add: ({ id, route }) => void idsOn(route).add(id),
      pending: () => 0,
      takeDirty: () => false,
      markDirty: () => void calls.push('dirty'),
      settled: async () => undefined,
    },
    router,
    holds: await openHolds(dir),
    keptBack: createKeptBack(),
    ids: createMessageIdMaker(),
    schedule: defaultSchedule,
    delivererOf: () => ({
      attempt: async (message) =>
        message.recipients.map((recipient) => ({ recipient, outcome: relay.outcome })),
      [Symbol.asyncDispose]: async () => undefined,
    }),
    awayMs: () => 0,
    onEvent,
    clock,
  };
  return Object.assign(relay, {
    parts,
    spool,
    [Symbol.asyncDispose]: async () => spool[Symbol.asyncDispose](),
  });
}

function insert(timetable: Map<Route, Set<string>>, route: Route): Set<string> {
  const ids = timetable.get(route) ?? new Set<string>();
  timetable.set(route, ids);
  return ids;
}

export interface Letter {
  readonly from?: string;
  readonly to: readonly string[];
  readonly notify?: readonly NotifyOn[];
}

/** A stranger's letter, stored. */
export async function storeLetter(
  { spool, parts, nowMs }: TestRelay,
  { from = 'x@stranger.test', to, notify }: Letter,
): Promise<SpooledMessage> {
  const writer = spool.begin({});
  await writer.write(Buffer.from('Subject: x\r\n\r\nhello\r\n'));
  const messageId = parts.ids.next(nowMs);
  const commit = await writer.commit({
    messageId,
    envelope: {
      sender: from,
      recipients: to.map((address) => ({ address, ...(notify === undefined ? {} : { notify }) })),
      body: '7bit',
      smtpUtf8: false,
    },
    origin: {
      site: 'test',
      clientAddress: '192.0.2.1',
      helo: 'stranger.test',
      protocol: 'ESMTP',
      receivedAtMs: nowMs,
    },
    verdict: acceptVerdict,
    fingerprint: hash('sha256', messageId, 'base64url'),
    path: [],
  });
  if (commit.kind !== 'stored') throw new Error('A new letter was taken for an old one.');
  return commit.message;
}
