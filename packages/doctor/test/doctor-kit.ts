// A pair of sites as the world sees them, all on loopback: a zone of our own, a real edge with a certificate for both names, a host
// that serves the TLS promise. Everything is as it should be; a test breaks one thing.

import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createBlockLists } from '@restante/block-lists';
import { mtaStsText } from '@restante/client-settings';
import { openDkimKeys } from '@restante/dkim';
import { createResolver, startZoneServer } from '@restante/dns';
import type { Zone, ZoneServer } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { createEdge } from '@restante/smtp';
import type { EdgeHost } from '@restante/smtp';
import { makeChain } from '../../../test/kit/make-chain.ts';
import type { MadeChain } from '../../../test/kit/make-chain.ts';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { createDoctor } from '../src/index.ts';
import type { Diagnosis, Doctor, DoctorEvent, DoctorOptions, Finding } from '../src/index.ts';
import { goodZone, mtaSts, policyOf, shanghai, us } from './good-zone.ts';

const names = [
  us.hostname,
  shanghai.hostname,
  ...['us', 'shanghai'].map((domain) => `mta-sts.${domain}.example`),
];

export interface Pair extends AsyncDisposable {
  readonly zone: Zone;
  readonly dns: ZoneServer;
  readonly events: DoctorEvent[];
  doctor(more?: Partial<DoctorOptions>): Doctor;
  /** With this put over the zone; undefined takes a name away. */
  diagnose(
    changes?: Readonly<Record<string, Zone[string] | undefined>>,
    more?: Partial<DoctorOptions>,
  ): Promise<Diagnosis>;
  /** Another door, with another certificate or none. */
  door(chain?: MadeChain): Promise<string>;
  chain(days: number, names: readonly string[]): Promise<MadeChain>;
}

export async function startPair(): Promise<Pair> {
  const stack = new AsyncDisposableStack();
  const dir = stack.use(await temporaryDirectory());
  const chain = await makeChain({ dir: dir.path, names, days: 90 });
  const keys = openDkimKeys({
    dir: join(dir.path, 'dkim'),
    clock: systemClock,
    config: { publishBeforeMs: 0, keepAfterMs: 0 },
  });
  for (const domain of ['us.example', 'shanghai.example']) await keys.make(domain);
  const zone = await goodZone(chain, keys);
  const dns = stack.use(await startZoneServer({ zone, ttlSeconds: 0, isValidated: true }));
  const policyPort = await servePolicies(stack, chain);
  const events: DoctorEvent[] = [];

  const door = async (shown?: MadeChain): Promise<string> => {
    const edge = await createEdge({
      name: 'smtp',
      hostname: us.hostname,
      listen: { host: '127.0.0.1', port: 0 },
      limits,
      host: refusing,
      onEvent: () => undefined,
      clock: systemClock,
      ...(shown === undefined ? {} : { tls: { cert: shown.leaf + shown.issuer, key: shown.key } }),
    });
    stack.defer(async () => edge.stop(0));
    return `127.0.0.1:${edge.port}`;
  };
  const smtp = await door(chain);

  const doctor = (more: Partial<DoctorOptions> = {}): Doctor => {
    const resolver = createResolver({
      servers: [dns.address],
      clock: systemClock,
      timeoutMs: 300,
      retries: 1,
      deadlineMs: 1500,
    });
    const lists = createBlockLists({
      lists: [{ zone: 'bl.example', kind: 'address', points: 3, codes: [] }],
      resolver,
      clock: systemClock,
      budgetMs: 1000,
      healthEveryMs: 600_000,
      onEvent: () => undefined,
    });
    const made = createDoctor({
      site: 'us',
      sites: [us, shanghai].map(({ name, hostname }) => ({ name, hostname, smtp })),
      domains: [
        { name: 'us.example', sites: ['us', 'shanghai'] },
        { name: 'shanghai.example', sites: ['shanghai', 'us'] },
      ],
      settings,
      resolver,
      lists,
      clock: systemClock,
      onEvent: (event) => events.push(event),
      mtaSts,
      dkimKeys: keys,
      peerClock: async () => Date.now(),
      mirrors: () => [{ home: 'shanghai', ageMs: 5_000 }],
      laboratory: { ca: chain.root, policyPort, smtpPort: Number(smtp.split(':')[1]) },
      ...more,
    });
    stack.defer(async () => {
      await made[Symbol.asyncDispose]();
      await lists[Symbol.asyncDispose]();
      await resolver.stop();
    });
    return made;
  };

  return {
    zone,
    dns,
    events,
    doctor,
    door,
    async chain(days, shown) {
      const papers = stack.use(await temporaryDirectory());
      return makeChain({ dir: papers.path, names: shown, days });
    },
    async diagnose(changes = {}, more = {}) {
      const changed = Object.entries({ ...zone, ...changes });
      dns.setZone(
        Object.fromEntries(changed.flatMap(([name, node]) => (node ? [[name, node]] : []))),
      );
      return doctor(more).run();
    },
    [Symbol.asyncDispose]: async () => stack.disposeAsync(),
  };
}

/** Findings that are not fine, for people who read a failed test. */
export function troubles({ findings }: Diagnosis): readonly string[] {
  return findings.filter(({ state }) => state !== 'fine').map(told);
}

export function told({ check, subject, state, found }: Finding): string {
  return `${state} ${check} ${subject}: ${found}`;
}

export const settings = {
  everyMs: 21_600_000,
  budgetMs: 10_000,
  outbound: ['elsewhere.example'],
  certificateSoonMs: 14 * 86_400_000,
  clockSkewMaxMs: 5000,
  mirrorAgeMaxMs: 3_600_000,
} as const;

async function servePolicies(stack: AsyncDisposableStack, chain: MadeChain): Promise<number> {
  const server = createServer(
    { cert: chain.leaf + chain.issuer, key: chain.key },
    (request, response) => {
      const isUs = request.headers.host?.startsWith('mta-sts.us.') === true;
      const policy = isUs ? policyOf(us, shanghai) : policyOf(shanghai, us);
      response.writeHead(200, { 'content-type': 'text/plain' }).end(mtaStsText(policy));
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

const refusing: EdgeHost = {
  judgeConnection: async () => undefined,
  judgeSender: async () => undefined,
  judgeRecipient: async () => ({ code: 550, enhanced: '5.7.1', text: 'Nobody is here' }),
  beginMessage: async () => {
    throw new Error('Nobody is here.');
  },
  startDrain: async () => ({ code: 251, enhanced: '2.0.0', text: 'Nothing' }),
  closed: () => undefined,
};

const limits = {
  messageMaxBytes: 1_000_000,
  headerMaxBytes: 65_536,
  lineMaxBytes: 8_192,
  recipientsMax: 100,
  connectionsMax: 100,
  connectionsPerAddressMax: 50,
  idleTimeoutMs: 60_000,
  sessionMaxMs: 600_000,
  dataMaxMs: 60_000,
  badCommandsMax: 10,
};
