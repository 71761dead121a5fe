// A throw-away CA and leaf certificates, made with openssl, for the mutual TLS tests.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends AsyncDisposable {
  readonly ca: string;
  issue(commonName: string): Promise<KeyPair>;
}

export async function createAuthority(): Promise<Authority> {
  const dir = await mkdtemp(join(tmpdir(), 'restante-pki-'));
  const openssl = async (...given: string[]) => run('openssl', given, { cwd: dir });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=test ca',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  let serial = 0;
  return {
    ca: await readFile(join(dir, 'ca.crt'), 'utf8'),
    issue: async (commonName) => {
      serial += 1;
      await openssl(
        'req',
        ...newKey,
        '-subj',
        `/CN=${commonName}`,
        '-keyout',
        `${serial}.key`,
        '-out',
        `${serial}.csr`,
      );
      await openssl(
        'x509',
        '-req',
        '-days',
        '2',
        '-in',
        `${serial}.csr`,
        '-CA',
        'ca.crt',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-out',
        `${serial}.crt`,
      );
      return {
        cert: await readFile(join(dir, `${serial}.crt`), 'utf8'),
        key: await readFile(join(dir, `${serial}.key`), 'utf8'),
      };
    },
    [Symbol.asyncDispose]: async () => rm(dir, { recursive: true }),
  };
}
