// Pebble, the test server of Let's Encrypt's people, as the authority: it refuses every twentieth good nonce and randomises what
// a client might guess. It asks a name server of ours, and our listener at the port we say.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request, Agent } from 'undici';
import { until } from '../../../test/kit/until.ts';
import { startZoneDns } from '../../../test/kit/zone-dns.ts';
import { makePair } from './make-pair.ts';
import { freePort } from '../../../test/kit/free-port.ts';

export interface Pebble extends AsyncDisposable {
  readonly directoryUrl: string;
  /** PEM of its own HTTPS certificate. */
  readonly trusted: string;
  /** PEM of the root that signs what it issues. */
  root(): Promise<string>;
}

export interface PebbleOptions {
  readonly dir: string;
  /** Where it asks: http-01 on this port of 127.0.0.1. */
  readonly httpPort: number;
  /** Names that lead to 127.0.0.1. */
  readonly names: readonly string[];
  /** Key identifier -> base64url key; then an external account is demanded. */
  readonly externalKeys?: Readonly<Record<string, string>>;
}

/** False when it is here, otherwise why the test is skipped. */
export function pebbleMissing(): string | false {
  try {
    execFileSync('pebble', ['-h'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'pebble is not installed (Debian: apt install pebble)';
  }
}

export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  const { dir, httpPort, names, externalKeys } = options;
  const dns = await startZoneDns(
    Object.fromEntries(names.map((name) => [name, { A: ['127.0.0.1'] }])),
  );
  const pair = await makePair({ names: ['localhost'] });
  await writeFile(join(dir, 'cert.pem'), pair.cert);
  await writeFile(join(dir, 'key.pem'), pair.key);
  const [port, managementPort] = [await freePort(), await freePort()];
  await writeFile(
    join(dir, 'pebble.json'),
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        managementListenAddress: `127.0.0.1:${managementPort}`,
        certificate: join(dir, 'cert.pem'),
        privateKey: join(dir, 'key.pem'),
        httpPort,
        tlsPort: 1,
        externalAccountBindingRequired: externalKeys !== undefined,
        externalAccountMACKeys: externalKeys ?? {},
      },
    }),
  );
  const child = spawn('pebble', ['-config', join(dir, 'pebble.json'), '-dnsserver', dns.address], {
    stdio: 'ignore',
    env: { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '20' },
  });
  const exited = once(child, 'exit');
  const dispatcher = new Agent({ connect: { ca: pair.cert } });
  const directoryUrl = `https://localhost:${port}/dir`;
  await until(async () => (await request(directoryUrl, { dispatcher })).statusCode === 200, {
    what: 'pebble answers',
  });
  return {
    directoryUrl,
    trusted: pair.cert,
    root: async () =>
      (await request(`https://localhost:${managementPort}/roots/0`, { dispatcher })).body.text(),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
      await dispatcher.destroy();
      await dns.close();
    },
  };
}
