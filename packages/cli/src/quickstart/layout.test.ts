import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClusterConfig } from '@restante/site';
import type { SiteStatus } from '@restante/site-api';
import { clusterToml } from './cluster-toml.ts';
import { demoZone } from './demo-zone.ts';
import { allPorts, portsFrom, portsNeeded, portsOutOf } from './layout.ts';
import { missingFrom } from './wait-until-ready.ts';

test('no two services share a port, from a base port or from free ones', () => {
  for (const ports of [
    portsFrom(2500),
    portsOutOf(Array.from({ length: portsNeeded }, (_, index) => 40_000 + index)),
  ]) {
    const all = allPorts(ports);
    assert.equal(all.length, portsNeeded);
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.every((port) => port > 0));
  }
  assert.equal(portsFrom(2500).sites.us.smtp, 2520);
  assert.equal(portsFrom(2500).dns, 2540);
});

test('the cluster file of the demo makes each site the home of one domain and the backup of the other', () => {
  const text = clusterToml(portsFrom(2500));
  assert.match(text, /name = "shanghai.example"\nhome = "shanghai"\nbackups = \["us"\]/);
  assert.match(text, /name = "us.example"\nhome = "us"\nbackups = \["shanghai"\]/);
  assert.match(text, /smtp = "127.0.0.1:2520"/);
});

test('DNS names the home before the backup (RFC 5321 §5.1), and publishes what signs', async () => {
  const cluster = await parseClusterConfig(clusterToml(portsFrom(2500)), '/demo/restante.toml');
  const value = 'v=DKIM1; k=ed25519; p=abc';
  const zone = demoZone(cluster, [{ name: 'e1._domainkey.us.example', value }]);
  assert.deepEqual(
    zone['us.example']?.MX?.map(({ priority, exchange }) => [priority, exchange]),
    [
      [10, 'mx.us.example'],
      [20, 'mx.shanghai.example'],
    ],
  );
  assert.deepEqual(zone['e1._domainkey.us.example']?.TXT, [[value]]);
  assert.equal(zone['e1._domainkey.shanghai.example'], undefined);
});

test('ready means accepting, peers up, and everybody of the other site known', () => {
  const status: SiteStatus = {
    site: 'us',
    version: '0.1.0',
    pid: 1,
    startedAtMs: 0,
    nowMs: 0,
    isAccepting: true,
    degraded: [],
    spool: { messages: 0, held: 0, sizeBytes: 0, diskFreeBytes: 0, corrupt: 0, isLoaded: true },
    redis: { isReachable: true },
    routes: [],
    peers: [{ site: 'shanghai', state: 'up', sinceMs: 0, mirrorRecipients: 1 }],
    counters: { accepted: 0, delivered: 0, deferred: 0, rejected: 0, bounced: 0, duplicates: 0 },
  };
  const ana = { address: 'ana@shanghai.example', password: 'x', site: 'shanghai' } as const;
  assert.deepEqual(missingFrom(status, [ana]), []);
  assert.deepEqual(missingFrom(status, [ana, { ...ana, address: 'bo@shanghai.example' }]), [
    'us knows 1 of 2 people of shanghai.',
  ]);
  const away = {
    ...status,
    isAccepting: false,
    peers: [{ site: 'shanghai', state: 'down' as const, sinceMs: 0 }],
  };
  assert.equal(missingFrom(away, [ana]).length, 3);
});
