// The cluster's certificates on a real disk, judged by the openssl program and by TLS handshakes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { initCluster, renewSites } from '../src/pki/init-cluster.ts';
import { describePki, readSitePki } from '../src/pki/read-site-pki.ts';
import { systemClock } from '@restante/runtime';

const run = promisify(execFile);
const sites = [
  { name: 'shanghai', hostname: 'mx.shanghai.example', addresses: ['127.0.0.1', '::1'] },
  { name: 'us', hostname: 'mx.us.example' },
];
const clock = systemClock;
const dayMs = 86_400_000;
const later = (days: number) => ({ now: () => clock.now() + days * dayMs });

describe('the certificates of a cluster', () => {
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'restante-pki-'));
    await initCluster({ dir, clusterName: 'demo', sites, clock });
  });

  after(async () => {
    await rm(dir, { recursive: true });
  });

  test('openssl accepts every site as server and as client, for its host name (RFC 5280 §6)', async () => {
    for (const site of sites) {
      for (const purpose of ['sslserver', 'sslclient']) {
        const { stdout } = await run('openssl', [
          'verify',
          '-x509_strict',
          '-purpose',
          purpose,
          '-verify_hostname',
          site.hostname,
          '-CAfile',
          join(dir, 'ca.crt'),
          join(dir, `${site.name}.crt`),
        ]);
        assert.match(stdout, /: OK/);
      }
    }
    const { stdout } = await run('openssl', [
      'x509',
      '-noout',
      '-text',
      '-in',
      join(dir, 'shanghai.crt'),
    ]);
    assert.match(stdout, /Subject: CN = shanghai\n/);
    assert.match(stdout, /DNS:mx\.shanghai\.example, IP Address:127\.0\.0\.1/);
    assert.match(stdout, /TLS Web Server Authentication, TLS Web Client Authentication/);
  });

  test('all files are readable for their owner only', async () => {
    for (const file of ['ca.key', 'ca.crt', 'us.key', 'us.crt']) {
      assert.equal((await stat(join(dir, file))).mode & 0o777, 0o600, file);
    }
  });

  test('two sites shake hands in both directions, and each learns the name of the other', async () => {
    const pki = {
      shanghai: await readSitePki(dir, 'shanghai', clock),
      us: await readSitePki(dir, 'us', clock),
    };
    for (const [here, there] of [
      ['shanghai', 'us'],
      ['us', 'shanghai'],
    ] as const) {
      const server = createServer({ ...pki[here], requestCert: true, rejectUnauthorized: true });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const secure = once(server, 'secureConnection') as Promise<[TLSSocket]>;
      const client = connect({
        ...pki[there],
        host: '127.0.0.1',
        port,
        servername: `mx.${here}.example`,
      });
      await once(client, 'secureConnect');
      const [socket] = await secure;
      assert.equal(socket.getPeerCertificate().subject.CN, there);
      assert.equal(client.getPeerCertificate().subject.CN, here);
      assert.ok(socket.authorized && client.authorized);
      client.destroy();
      socket.destroy();
      server.close();
      await once(server, 'close');
    }
  });

  test('a second run keeps what is there and adds the missing site', async () => {
    const before = await readFile(join(dir, 'ca.crt'), 'utf8');
    const shanghai = await readFile(join(dir, 'shanghai.crt'), 'utf8');
    const report = await initCluster({
      dir,
      clusterName: 'demo',
      sites: [...sites, { name: 'eu', hostname: 'mx.eu.example' }],
      clock,
    });
    assert.deepEqual(report.made, [join(dir, 'eu.crt')]);
    assert.equal(await readFile(join(dir, 'ca.crt'), 'utf8'), before);
    assert.equal(await readFile(join(dir, 'shanghai.crt'), 'utf8'), shanghai);
    await readSitePki(dir, 'eu', clock);
  });

  test('renewing makes a new key and certificate under the same authority', async () => {
    const old = await readSitePki(dir, 'us', clock);
    await renewSites({ dir, sites: sites.slice(1), clock });
    const renewed = await readSitePki(dir, 'us', clock);
    assert.equal(renewed.ca, old.ca);
    assert.notEqual(renewed.cert, old.cert);
    assert.notEqual(renewed.key, old.key);
  });

  test('the days that are left are told', async () => {
    const rows = await describePki(dir, ['shanghai', 'nowhere'], clock);
    assert.deepEqual(
      rows.map(({ name, daysLeft }) => [name, daysLeft]),
      [
        ['ca', 3652],
        ['shanghai', 824],
      ],
    );
    assert.deepEqual(rows[1]?.hostnames.slice(0, 2), ['mx.shanghai.example', '127.0.0.1']);
  });

  test('what is missing, over or foreign is refused with the command that mends it', async () => {
    await assert.rejects(readSitePki(dir, 'mars', clock), {
      name: 'PkiError',
      code: 'CERTIFICATE_MISSING',
      remedy: /restante cluster init/,
    });
    await assert.rejects(readSitePki(join(dir, 'none'), 'us', clock), { code: 'CA_MISSING' });
    await assert.rejects(readSitePki(dir, 'us', later(900)), {
      code: 'CERTIFICATE_EXPIRED',
      remedy: /restante cluster renew us/,
    });
    await assert.rejects(readSitePki(dir, 'us', later(-30)), { code: 'CERTIFICATE_NOT_YET_VALID' });

    const other = await mkdtemp(join(tmpdir(), 'restante-pki-'));
    await initCluster({ dir: other, clusterName: 'demo', sites, clock });
    await copyFile(join(dir, 'us.key'), join(other, 'us.key'));
    await assert.rejects(readSitePki(other, 'us', clock), { code: 'KEY_MISMATCH' });
    await copyFile(join(dir, 'us.crt'), join(other, 'us.crt'));
    await assert.rejects(readSitePki(other, 'us', clock), { code: 'CERTIFICATE_FOREIGN' });
    await writeFile(join(other, 'us.crt'), 'not a certificate');
    await assert.rejects(readSitePki(other, 'us', clock), { code: 'CERTIFICATE_UNREADABLE' });
    await rm(other, { recursive: true });
  });

  test('without the key of the authority nothing new is made, and nodes do not need it', async () => {
    const node = await mkdtemp(join(tmpdir(), 'restante-pki-'));
    for (const file of ['ca.crt', 'us.crt', 'us.key'])
      await copyFile(join(dir, file), join(node, file));
    await readSitePki(node, 'us', clock);
    await assert.rejects(initCluster({ dir: node, clusterName: 'demo', sites, clock }), {
      code: 'CA_KEY_MISSING',
    });
    await rm(join(node, 'ca.crt'));
    await copyFile(join(dir, 'ca.key'), join(node, 'ca.key'));
    await assert.rejects(initCluster({ dir: node, clusterName: 'demo', sites, clock }), {
      code: 'CA_MISSING',
    });
    await rm(node, { recursive: true });
  });
});
