// The operators' door over a real socket, from both ends.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Secret, silentLogger } from '@restante/runtime';
import {
  createOperatorClient,
  createOperatorServer,
  ensureOperatorToken,
  readOperatorToken,
  SiteApiError,
} from '../src/index.ts';
import type { SiteOperations } from '../src/index.ts';
import { siteInMemory, status } from './answers.ts';

const token = new Secret('a-token-of-this-test');

async function startSite(operations: SiteOperations, ready = true) {
  return createOperatorServer({
    listen: '127.0.0.1:0',
    token,
    site: 'us',
    operations,
    metrics: { render: () => 'restante_up 1\n' },
    isReady: () => ({ ready, why: ready ? [] : ['The disk is full.'] }),
    logger: silentLogger,
  });
}

function clientOf(address: string, with_ = token) {
  return createOperatorClient({ baseUrl: `http://${address}`, token: with_ });
}

const failsWith = (code: string) => (failure: unknown) =>
  failure instanceof SiteApiError && failure.code === code;

test('every operation reaches the site and its answer comes back as it was', async () => {
  const site = siteInMemory();
  await using server = await startSite(site);
  await using client = clientOf(server.address);

  assert.deepEqual(await client.status(), status);
  assert.equal((await client.queueList({ limit: 5, route: 'peer:shanghai', held: true })).total, 1);
  assert.equal((await client.queueShow('m1'))?.header, 'Subject: x\r\n');
  assert.equal(await client.queueShow('m2'), undefined);
  assert.equal((await client.queueRetry({ ids: ['m1'] })).count, 1);
  assert.equal((await client.queueHold({ filter: { domain: 'us.example' } }, 'because')).count, 2);
  assert.equal((await client.queueRelease({ filter: {} })).count, 3);
  assert.equal((await client.queueDelete({ ids: ['m1'] }, 'ops')).count, 4);
  await client.routeHold('peer:shanghai');
  await client.domainRelease('US.example');
  assert.equal((await client.trace('<a/b@c>'))[0]?.detail, '<a/b@c>');

  const added = await client.accounts.add({
    address: 'ana@us.example',
    password: 'long enough',
    quotaBytes: 5,
  });
  assert.equal(added.quotaBytes, 5);
  assert.deepEqual(await client.accounts.list(), [added]);
  await client.accounts.setQuota('ana@us.example', { quotaBytes: null, quotaMessages: 7 });
  await client.accounts.setFiltering('ana@us.example', { junk: 'inbox', filtering: 'off' });
  await client.accounts.setState('ana@us.example', 'suspended');
  const wanted = { scope: 'sending', reason: 'stolen', isConfirmedSpammer: true } as const;
  assert.equal((await client.accounts.suspend('ana@us.example', wanted)).heldMessages, 2);
  assert.equal((await client.accounts.resume('ana@us.example')).releasedMessages, 2);
  assert.deepEqual((await client.accounts.explainSending('ana@us.example')).findings, []);
  await client.accounts.setSendLimits('ana@us.example', { recipientsPerDay: 5 });
  await client.accounts.setAlias('all@us.example', ['ana@us.example']);
  await client.accounts.setCatchAll('us.example', undefined);
  assert.equal((await client.accounts.show('ana@us.example')).quotaBytes, 5);
  await assert.rejects(client.accounts.show('bo@us.example'), failsWith('NOT_FOUND'));
  const rows = [{ address: 'bo@us.example', passwordHash: '{SSHA}x', state: 'suspended' as const }];
  assert.deepEqual(await client.accounts.import({ rows, ifThere: 'keep', isDryRun: true }), [
    { address: 'bo@us.example', kind: 'refused', problem: 'No.' },
  ]);
  assert.deepEqual(await client.accounts.exportWithHashes('us.example'), [
    { ...added, passwordHash: '$argon2id$' },
  ]);
  const made = await client.accounts.addAppPassword('ana@us.example', {
    label: 'phone',
    scopes: ['imap'],
  });
  assert.equal(made.secret, 'abcd');
  assert.deepEqual(await client.accounts.appPasswords('ana@us.example'), [
    { id: 'a1', label: 'phone', scopes: ['imap'], createdAtMs: 1 },
  ]);
  await client.accounts.revokeAppPassword('ana@us.example', 'a/1');
  assert.deepEqual(await client.accounts.catchAlls(), [
    { domain: 'us.example', target: 'ana@us.example' },
  ]);
  await client.accounts.remove('ana@us.example');
  assert.deepEqual(await client.accounts.list(), []);

  assert.deepEqual(site.asked, [
    ['list', { limit: 5, route: 'peer:shanghai', held: true }],
    ['retry', { ids: ['m1'] }],
    ['hold', { filter: { domain: 'us.example' } }, 'because'],
    ['release', { filter: {} }],
    ['delete', { ids: ['m1'] }, 'ops'],
    ['route hold', 'peer:shanghai'],
    ['domain release', 'us.example'],
    ['quota', 'ana@us.example', { quotaBytes: null, quotaMessages: 7 }],
    ['filtering', 'ana@us.example', { junk: 'inbox', filtering: 'off' }],
    ['state', 'ana@us.example', 'suspended'],
    ['suspend', 'ana@us.example', wanted],
    ['resume', 'ana@us.example'],
    ['send limits', 'ana@us.example', { recipientsPerDay: 5 }],
    ['alias', 'all@us.example', ['ana@us.example']],
    ['catch-all', 'us.example', undefined],
    ['import', { rows, ifThere: 'keep', isDryRun: true }],
    ['revoke', 'ana@us.example', 'a/1'],
  ]);
});

test('without the right token /v1 says nothing; metrics, health and readiness need none', async () => {
  await using server = await startSite(siteInMemory());
  for (const authorization of [undefined, 'Bearer wrong', 'Bearer', `Basic ${token.reveal()}`]) {
    for (const path of ['/v1/status', '/v1/queue', '/v1/nowhere']) {
      const response = await fetch(
        `http://${server.address}${path}`,
        authorization ? { headers: { authorization } } : {},
      );
      assert.equal(response.status, 401, `${authorization} ${path}`);
      assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
      await response.body?.cancel();
    }
  }
  await using stranger = clientOf(server.address, new Secret('wrong'));
  await assert.rejects(stranger.status(), failsWith('NOT_AUTHORIZED'));
  assert.equal(await stranger.metrics(), 'restante_up 1\n');
  assert.equal(await stranger.isAlive(), true);
  assert.deepEqual(await stranger.readiness(), { ready: true, why: [] });
});

test('readiness is 503 with the reasons when the site does not accept mail', async () => {
  await using server = await startSite(siteInMemory(), false);
  const response = await fetch(`http://${server.address}/readyz`);
  assert.equal(response.status, 503);
  assert.deepEqual(await response.json(), { ready: false, why: ['The disk is full.'] });
  await using client = clientOf(server.address);
  assert.equal((await client.readiness()).ready, false);
});

test('bad requests are refused with a code and a sentence (RFC 9457)', async () => {
  await using server = await startSite(siteInMemory());
  const headers = { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' };
  const tell = async (path: string, body?: string) => {
    const response = await fetch(
      `http://${server.address}${path}`,
      body === undefined ? { headers } : { headers, method: 'POST', body },
    );
    return {
      status: response.status,
      problem: (await response.json()) as { code: string; detail: string },
    };
  };
  assert.equal((await tell('/v1/queue?domian=x')).status, 400);
  assert.equal((await tell('/v1/queue?limit=100000')).status, 400);
  assert.equal((await tell('/v1/queue/retry', '{}')).status, 400);
  assert.equal((await tell('/v1/queue/delete', '{"selection":{"filter":{}}}')).status, 400);
  assert.match((await tell('/v1/queue/retry', '{nonsense')).problem.detail, /not JSON/);
  assert.equal((await tell('/v1/queue/retry', `{"x":"${'y'.repeat(300_000)}"}`)).status, 413);
  assert.equal((await tell('/v1/routes/somewhere/hold', '')).status, 400);
  const added = await tell('/v1/accounts', '{"address":"ana","password":"long enough"}');
  assert.equal(added.status, 400);
  assert.match(added.problem.detail, /name@domain/);
});

test('a failure inside the site shows nothing of its insides', async () => {
  await using server = await startSite(siteInMemory());
  const response = await fetch(`http://${server.address}/v1/trace/boom`, {
    headers: { authorization: `Bearer ${token.reveal()}` },
  });
  assert.equal(response.status, 500);
  assert.ok(!(await response.text()).includes('secret'));
  await using client = clientOf(server.address);
  await assert.rejects(client.trace('boom'), failsWith('SITE_FAILED'));
});

test('a site without mailboxes says so', async () => {
  await using server = await startSite({ ...siteInMemory(), accounts: undefined });
  await using client = clientOf(server.address);
  await assert.rejects(client.accounts.list(), failsWith('NO_ACCOUNTS_HERE'));
});

test('nobody there is SITE_UNREACHABLE, an answer of another shape is BAD_ANSWER', async () => {
  const gone = await startSite(siteInMemory());
  await gone[Symbol.asyncDispose]();
  await using client = clientOf(gone.address);
  await assert.rejects(client.status(), failsWith('SITE_UNREACHABLE'));

  await using odd = await startSite({
    ...siteInMemory(),
    status: async () => ({ ...status, pid: -1 }),
  });
  await using another = clientOf(odd.address);
  await assert.rejects(another.status(), failsWith('BAD_ANSWER'));
});

test(
  'a caller that never ends its header is cut off (slowloris)',
  { timeout: 30_000 },
  async () => {
    await using server = await startSite(siteInMemory());
    const socket = connect(Number(server.address.split(':')[1]), '127.0.0.1');
    socket.on('error', () => undefined); // Being reset is what we wait for, too.
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ');
    const began = Date.now();
    await once(socket.resume(), 'close');
    assert.ok(Date.now() - began < 15_000);
  },
);

test('the token file is made once, readable by its owner only', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'restante-token-'));
  try {
    await assert.rejects(readOperatorToken(dir), failsWith('NOT_AUTHORIZED'));
    const made = await ensureOperatorToken(dir);
    assert.equal((await stat(join(dir, 'operator.token'))).mode & 0o777, 0o600);
    assert.equal((await ensureOperatorToken(dir)).reveal(), made.reveal());
    assert.equal((await readOperatorToken(dir)).reveal(), made.reveal());
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('a command for one site does not change another one that listens at the same address of its own machine', async () => {
  await using server = await startSite(siteInMemory());
  await using meant = createOperatorClient({
    baseUrl: `http://${server.address}`,
    token,
    site: 'shanghai',
  });
  await assert.rejects(meant.status(), failsWith('SITE_UNREACHABLE'));
  await using right = createOperatorClient({
    baseUrl: `http://${server.address}`,
    token,
    site: 'us',
  });
  assert.equal((await right.status()).site, status.site);
});
