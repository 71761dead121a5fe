// The peers' door: only certificates of the cluster's CA that name a site get in, and only the right site is believed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '@restante/runtime';
import { createPeerClient, createPeerServer, SiteApiError } from '../src/index.ts';
import type { Judgements, PeerOperations } from '../src/index.ts';
import { createAuthority } from './certificates.ts';

const people = Array.from({ length: 500 }, (_, index) => ({
  local: `person${index}`,
  state: 'active',
}));
const operations: PeerOperations = {
  health: async () => ({
    queueDepth: 3,
    diskFreeBytes: 1e9,
    acceptLatencyMs: 1.5,
    isAccepting: true,
  }),
  recipients: async (since) =>
    since?.epoch === 'e' && since.version === 7 ? undefined : { epoch: 'e', version: 7, people },
  trace: async (message) => [{ atMs: 1, site: 'us', what: 'accepted', detail: message }],
  stopped: async () => [{ account: 'ana@us.example', sinceMs: 7, isConfirmedSpammer: false }],
  sent: async () => [{ account: 'ana@us.example', hour: 490_000, recipients: 3 }],
};
const failsWith = (code: string) => (failure: unknown) =>
  failure instanceof SiteApiError && failure.code === code;
const listen = '127.0.0.1:0';

test('a peer with a certificate of the cluster gets health, recipients and a trace', async () => {
  await using authority = await createAuthority();
  const { ca } = authority;
  const us = await authority.issue('us');
  const shanghai = await authority.issue('shanghai');
  const asked: string[] = [];
  const peerOf = (name: string) => (asked.push(name), name === 'shanghai' ? name : undefined);
  await using server = await createPeerServer({
    listen,
    tls: { ca, ...us },
    peerOf,
    operations,
    logger: silentLogger,
  });
  const port = server.address.split(':')[1];

  await using client = createPeerClient({
    baseUrl: `https://mx.us.example:${port}`,
    tls: { ca, ...shanghai, peerName: 'us' },
    resolve: async () => ['127.0.0.1'],
  });
  assert.equal((await client.health()).queueDepth, 3);
  assert.deepEqual(await client.recipients(), {
    kind: 'snapshot',
    snapshot: { epoch: 'e', version: 7, people },
  });
  assert.equal((await client.recipients({ epoch: 'e', version: 6 })).kind, 'snapshot');
  assert.deepEqual(await client.recipients({ epoch: 'e', version: 7 }), { kind: 'current' });
  assert.equal((await client.trace('m1'))[0]?.detail, 'm1');
  assert.deepEqual(await client.stopped(), [
    { account: 'ana@us.example', sinceMs: 7, isConfirmedSpammer: false },
  ]);
  assert.deepEqual(await client.sent(), [
    { account: 'ana@us.example', hour: 490_000, recipients: 3 },
  ]);
  assert.ok(asked.length > 0 && asked.every((name) => name === 'shanghai'));
});

test('strangers are refused: no certificate, one of another CA, one of ours that names no site', async () => {
  await using authority = await createAuthority();
  await using other = await createAuthority();
  const { ca } = authority;
  const us = await authority.issue('us');
  const peerOf = (name: string) => (name === 'shanghai' ? name : undefined);
  await using server = await createPeerServer({
    listen,
    tls: { ca, ...us },
    peerOf,
    operations,
    logger: silentLogger,
  });
  const baseUrl = `https://${server.address}`;

  await using foreign = createPeerClient({
    baseUrl,
    tls: { ca, ...(await other.issue('shanghai')), peerName: 'us' },
  });
  await assert.rejects(foreign.health(), failsWith('SITE_UNREACHABLE'));
  await using nameless = createPeerClient({
    baseUrl,
    tls: { ca, ...(await authority.issue('printer')), peerName: 'us' },
  });
  await assert.rejects(nameless.health(), failsWith('NOT_AUTHORIZED'));
  await using bare = createPeerClient({ baseUrl, tls: { ca, cert: '', key: '', peerName: 'us' } });
  await assert.rejects(bare.health(), failsWith('SITE_UNREACHABLE'));
});

test('the site that answers must be the one we meant: the certificate decides, not the address', async () => {
  await using authority = await createAuthority();
  const { ca } = authority;
  const us = await authority.issue('us');
  const shanghai = await authority.issue('shanghai');
  await using server = await createPeerServer({
    listen,
    tls: { ca, ...us },
    peerOf: (name) => name,
    operations,
    logger: silentLogger,
  });
  await using client = createPeerClient({
    baseUrl: `https://${server.address}`,
    tls: { ca, ...shanghai, peerName: 'paris' },
  });
  await assert.rejects(client.health(), failsWith('SITE_UNREACHABLE'));
});

test('a home without a list says so, and an epoch needs its version', async () => {
  await using authority = await createAuthority();
  const { ca } = authority;
  const us = await authority.issue('us');
  const empty: PeerOperations = { ...operations, recipients: async () => undefined };
  await using server = await createPeerServer({
    listen,
    tls: { ca, ...us },
    peerOf: (name) => name,
    operations: empty,
    logger: silentLogger,
  });
  await using client = createPeerClient({
    baseUrl: `https://${server.address}`,
    tls: { ca, ...us, peerName: 'us' },
  });
  assert.deepEqual(await client.recipients(), { kind: 'none' });
});

test('what one site knows of strangers reaches the other with the name of its certificate; a site without it has no such page', async () => {
  await using authority = await createAuthority();
  const { ca } = authority;
  const us = await authority.issue('us');
  const shanghai = await authority.issue('shanghai');
  const told: unknown[] = [];
  const page = {
    entries: [{ id: 'e1', further: 'key' }],
    blocks: [{ subject: '192.0.2.1', leftMs: 5 }],
    cursor: 'c.1',
    hasMore: false,
  };
  const judgements = {
    since: async (cursor: string | undefined) => ({ ...page, cursor: cursor ?? 'c.1' }),
    note: async (site: string, said: Judgements) => ({ news: told.push([site, said]) }),
  };
  const start = async (given: PeerOperations) =>
    createPeerServer({
      listen,
      tls: { ca, ...us },
      peerOf: (name) => (name === 'shanghai' ? 'the-site-shanghai' : undefined),
      operations: given,
      logger: silentLogger,
    });
  await using server = await start({ ...operations, judgements });
  const tls = { ca, ...shanghai, peerName: 'us' };
  await using client = createPeerClient({ baseUrl: `https://${server.address}`, tls });
  assert.deepEqual(await client.judgements.since(undefined), page);
  assert.equal((await client.judgements.since('c.7')).cursor, 'c.7');
  const said = { entries: [{ id: 'e2' }], blocks: [] };
  assert.deepEqual(await client.judgements.tell(said), { news: 1 });
  assert.deepEqual(told, [['the-site-shanghai', said]]);
  const blocks = [{ subject: '192.0.2.1', leftMs: -1 }];
  await assert.rejects(client.judgements.tell({ entries: [], blocks }), failsWith('BAD_REQUEST'));
  const entries = Array.from({ length: 1001 }, () => 1);
  await assert.rejects(client.judgements.tell({ entries, blocks: [] }), failsWith('BAD_REQUEST'));

  await using silent = await start(operations);
  await using other = createPeerClient({ baseUrl: `https://${silent.address}`, tls });
  await assert.rejects(other.judgements.since(undefined), failsWith('NOT_FOUND'));
  await assert.rejects(other.judgements.tell(said), failsWith('NOT_FOUND'));
});
