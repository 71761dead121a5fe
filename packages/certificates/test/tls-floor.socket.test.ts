// openssl as the stranger: what it cannot agree on with us, nobody can.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import type { Server } from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { fixedCertificate, followCertificate, serverTlsOptions } from '@restante/certificates';
import type { CertificateSource, KeyAndChain } from '@restante/certificates';
import { makePair } from './make-pair.ts';

const openssl = await run(['version']);
const skip = openssl.ok ? false : 'openssl is not installed';

for (const isRsa of [false, true]) {
  describe(`the floor of TLS with ${isRsa ? 'an RSA' : 'an ECDSA'} key`, { skip }, () => {
    let server: Server | undefined;
    let port = 0;
    before(async () => {
      const source = fixedCertificate(await makePair({ isRsa }), Date.now());
      server = createServer(serverTlsOptions(source), (socket) => {
        socket.on('error', () => undefined);
        socket.end('hello\n');
      });
      server.on('tlsClientError', () => undefined); // What the stranger sees is what counts.
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
    });
    after(() => server?.close());
    const tries = async (...flags: string[]) =>
      run([
        's_client',
        '-connect',
        `127.0.0.1:${port}`,
        '-servername',
        'mx.example.test',
        ...flags,
      ]);

    for (const version of ['-tls1', '-tls1_1']) {
      test(`${version} is refused (RFC 8997 §3, RFC 8996)`, async () => {
        // The stranger is told to be careless (SECLEVEL=0), so that it is us who refuse.
        const { ok, text } = await tries(version, '-cipher', 'ALL:@SECLEVEL=0');
        assert(!ok, text);
      });
    }
    for (const version of ['-tls1_2', '-tls1_3']) {
      test(`${version} is spoken`, async () => {
        const { ok, text } = await tries(version);
        assert(ok, text);
        assert.match(text, /Cipher is \S*(GCM|CHACHA20)/);
      });
    }
    const weak = [
      'AES128-SHA',
      'AES256-GCM-SHA384',
      'ECDHE-RSA-AES256-SHA',
      'ECDHE-ECDSA-AES128-SHA256',
      'DHE-RSA-AES256-GCM-SHA384',
      'CAMELLIA',
      'aNULL',
      'eNULL',
    ];
    for (const cipher of weak) {
      test(`${cipher} is refused (RFC 9325 §4.1, §4.2)`, async () => {
        const { ok, text } = await tries('-tls1_2', '-cipher', `${cipher}:@SECLEVEL=0`);
        assert(!ok, text);
      });
    }
    test('no session ticket is given (RFC 9325 §3.4), and nothing is compressed', async () => {
      const { text } = await tries('-tls1_2');
      assert.doesNotMatch(text, /TLS session ticket:/);
      assert.match(text, /Compression: NONE/);
    });
  });
}

test(
  'a new pair is shown to the next client, whether it names the server or not',
  { skip },
  async () => {
    const pairs = [await makePair(), await makePair()] as const;
    const listeners = new Set<() => void>();
    let current: KeyAndChain = pairs[0];
    await using source: CertificateSource = {
      ...fixedCertificate(pairs[0], Date.now()),
      current: () => current,
      onChange: (listener) => {
        listeners.add(listener);
        return { [Symbol.dispose]: () => void listeners.delete(listener) };
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
    const other = fixedCertificate(await makePair({ names: ['other.example.test'] }), Date.now());
    const server = createServer(serverTlsOptions(source, [other]), (socket) =>
      socket.end('hello\n'),
    );
    using _following = followCertificate(server, source);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = (server.address() as AddressInfo).port;
    const shown = async (...flags: string[]) =>
      (await run(['s_client', '-connect', `127.0.0.1:${port}`, ...flags])).text
        .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/)?.[0]
        ?.concat('\n');

    assert.equal(await shown('-servername', 'mx.example.test'), pairs[0].cert);
    assert.equal(await shown('-servername', 'other.example.test'), other.current().cert);
    assert.equal(await shown('-servername', 'unknown.example.test'), pairs[0].cert);
    current = pairs[1];
    for (const listener of listeners) listener();
    assert.equal(await shown('-servername', 'mx.example.test'), pairs[1].cert);
    assert.equal(await shown('-noservername'), pairs[1].cert);
    server.close();
  },
);

async function run(
  words: readonly string[],
  input = '',
): Promise<{ readonly ok: boolean; readonly text: string }> {
  return new Promise((resolve) => {
    const child = execFile('openssl', words, { timeout: 20_000 }, (failure, stdout, stderr) => {
      resolve({ ok: failure === null, text: stdout + stderr });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
