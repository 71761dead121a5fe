// The peers' door: only certificates of the cluster's CA that name a site get in, and only the right site is believed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '@restante/runtime';
import { createPeerClient, createPeerServer, SiteApiError } from '../src/index.ts';
import type { PeerOperations } from '../src/index.ts';
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
