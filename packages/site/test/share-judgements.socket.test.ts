// Two sites that tell each other about strangers, over real peers' doors with mutual TLS: on change, after an absence, and never in circles.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarvestGuard, openOperatorLists } from '@restante/policy';
import { silentLogger, systemClock } from '@restante/runtime';
import {
  createPeerClient,
  createPeerServer,
  type ListeningServer,
  type PeerOperations,
} from '@restante/site-api';
import { freePort } from '../../../test/kit/free-port.ts';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { until } from '../../../test/kit/until.ts';
import { createListOperations } from '../src/operations/list-operations.ts';
import { initCluster } from '../src/pki/init-cluster.ts';
import { readSitePki } from '../src/pki/read-site-pki.ts';
import { shareJudgements, type JudgementSharing } from '../src/share-judgements.ts';

const clock = systemClock;
const listen = (port: number) => `127.0.0.1:${port}`;
const by = { reason: 'spam', author: 'ops' };
const soon = { what: 'the other site knew', deadlineMs: 10_000, everyMs: 20 };

interface SiteUnderTest {
  readonly name: string;
  readonly peer: string;
  readonly port: number;
  readonly peerPort: number;
  readonly pkiDir: string;
  readonly dir: string;
}

async function startSite(stack: AsyncDisposableStack, given: SiteUnderTest) {
  const { name, peer } = given;
  const tls = await readSitePki(given.pkiDir, name, clock);
  const lists = stack.use(await openOperatorLists({ dir: given.dir, clock }));
  const guard = stack.use(
    createHarvestGuard({
      unknownMax: 3,
      windowMs: 60_000,
      blockMs: 60_000,
      addressesRemembered: 1000,
      site: name,
      clock,
      onBlock: () => sharing.tellSoon(),
    }),
  );
  const client = stack.use(
    createPeerClient({
      baseUrl: `https://${listen(given.peerPort)}`,
      tls: { ...tls, peerName: peer },
    }),
  );
  let tellings = 0;
  let questions = 0;
  const judgements = {
    since: async (cursor: string | undefined) => {
      questions += 1;
      return client.judgements.since(cursor);
    },
    tell: async (told: Parameters<typeof client.judgements.tell>[0]) => {
      tellings += 1;
      return client.judgements.tell(told);
    },
  };
  const troubles: boolean[] = [];
  const sharing: JudgementSharing = stack.use(
    shareJudgements({
      peers: [{ name: peer, judgements }],
      lists,
      guard,
      clock,
      everyMs: 300,
      onPeer: (_site, cause) => troubles.push(cause !== undefined),
    }),
  );
  const operations = { judgements: sharing.operations } as unknown as PeerOperations;
  const openDoor = async (): Promise<ListeningServer> =>
    createPeerServer({
      listen: listen(given.port),
      tls,
      peerOf: (each) => (each === peer ? peer : undefined),
      operations,
      logger: silentLogger,
    });
  const asOperator = createListOperations({ site: name, lists, guard, clock });
  const harvest = (address: string) => {
    for (let index = 0; index < 3; index += 1) guard.noteUnknown(address, clock.now());
  };
  const isBlocked = (address: string) => guard.judge(address, clock.now()) !== undefined;
  return {
    lists,
    guard,
    openDoor,
    asOperator,
    harvest,
    isBlocked,
    troubles,
    tellings: () => tellings,
    questions: () => questions,
  };
}

async function startPair(stack: AsyncDisposableStack) {
  const { path: pkiDir } = stack.use(await temporaryDirectory());
  const sites = ['us', 'shanghai'].map((name) => ({ name, hostname: `mx.${name}.example` }));
  await initCluster({ dir: pkiDir, clusterName: 'test', sites, clock });
  const [port, peerPort] = [await freePort(), await freePort()];
  const dirs = [stack.use(await temporaryDirectory()), stack.use(await temporaryDirectory())];
  const us = await startSite(stack, {
    name: 'us',
    peer: 'shanghai',
    port,
    peerPort,
    pkiDir,
    dir: dirs[0]?.path ?? '',
  });
  const shanghai = await startSite(stack, {
    name: 'shanghai',
    peer: 'us',
    port: peerPort,
    peerPort: port,
    pkiDir,
    dir: dirs[1]?.path ?? '',
  });
  return { us, shanghai };
}

test('an entry added, changed or removed at one site holds at the other within a second or so', async () => {
  await using stack = new AsyncDisposableStack();
  const { us, shanghai } = await startPair(stack);
  stack.use(await us.openDoor());
  stack.use(await shanghai.openDoor());
  const from = { clientAddress: '192.0.2.9' };
  const entry = await us.asOperator.add({ ...by, list: 'block', subject: '192.0.2.0/24' });
  await until(() => shanghai.lists.match(from).length === 1, soon);
  assert.deepEqual(
    (await shanghai.asOperator.list({ subject: '::ffff:192.0.2.0/120', limit: 9 })).rows,
    [entry],
  );
  assert.equal(await shanghai.asOperator.remove(entry.id, 'bo'), true);
  await until(() => us.lists.match(from).length === 0, soon);
  assert.deepEqual(us.lists.snapshot(), shanghai.lists.snapshot());
});

test('whoever guesses addresses at one site is sent away at the other, and may go on where the operator said so', async () => {
  await using stack = new AsyncDisposableStack();
  const { us, shanghai } = await startPair(stack);
  stack.use(await us.openDoor());
  stack.use(await shanghai.openDoor());
  us.harvest('198.51.100.7');
  await until(() => shanghai.isBlocked('198.51.100.7'), soon);
  assert.equal(shanghai.isBlocked('198.51.100.8'), false);
  const [block] = await shanghai.asOperator.harvestBlocks();
  assert.deepEqual([block?.subject, block?.from], ['198.51.100.7', 'us']);
  assert.ok(Math.abs((block?.untilMs ?? 0) - Date.now() - 60_000) < 5000);

  assert.equal(await shanghai.asOperator.harvestUnblock('198.51.100.7'), true);
  shanghai.harvest('203.0.113.1');
  await until(() => us.isBlocked('203.0.113.1'), soon);
  // By now the block has been told again by the other site.
  await until(async () => us.tellings() >= 1, soon);
  assert.equal(shanghai.isBlocked('198.51.100.7'), false);
  assert.equal(us.isBlocked('198.51.100.7'), true);
});

test('a site that was away catches up, in both directions, with 2,500 entries and what was removed meanwhile', async () => {
  await using stack = new AsyncDisposableStack();
  const { us, shanghai } = await startPair(stack);
  stack.use(await us.openDoor());
  await until(() => us.troubles.length === 1, { ...soon, what: 'its absence was noticed' });
  const add = async (lists: typeof us.lists, index: number) =>
    lists.add({ ...by, list: 'block', subject: `s${index}.example`, reason: 'x'.repeat(400) });
  const added = await Promise.all(
    Array.from({ length: 2500 }, async (_, index) => add(us.lists, index)),
  );
  await us.lists.remove(added[7]?.id ?? '', 'ops');
  us.harvest('198.51.100.7');
  await shanghai.lists.add({ ...by, list: 'allow', subject: 'good.example' });

  stack.use(await shanghai.openDoor());
  await until(() => shanghai.lists.entries().length === 2500, soon);
  await until(() => us.lists.entries().length === 2500, soon);
  await until(() => shanghai.isBlocked('198.51.100.7'), soon);
  await until(() => us.troubles.at(-1) === false, { ...soon, what: 'it was noticed to be back' });
  assert.deepEqual(us.troubles, [true, false]);
  const known = (lists: typeof us.lists) =>
    lists.snapshot().toSorted((one, other) => (one.id < other.id ? -1 : 1));
  assert.deepEqual(known(us.lists), known(shanghai.lists));

  // Nothing goes in circles: some rounds later nobody has told anything more.
  const before = [us.tellings(), shanghai.tellings()];
  const asked = [us.questions(), shanghai.questions()] as const;
  await until(() => us.questions() > asked[0] + 2 && shanghai.questions() > asked[1] + 2, soon);
  assert.deepEqual([us.tellings(), shanghai.tellings()], before);
});
