// Debian's python3-dkim, asked many things at once; and keys both sides know.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { DnsError } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { recordOf, type DkimAlgorithm, type DkimKeys } from '../src/index.ts';

const python = '/usr/bin/python3';
const isThere = spawnSync(python, ['-c', 'import dkim, nacl, authres']).status === 0;

/** For tests that need it. */
export const withDkimpy = {
  skip: isThere ? false : 'python3-dkim, python3-nacl or python3-authres is not installed',
};

export type Job = Readonly<Record<string, unknown>> & { readonly message: string };

export function askDkimpy(
  jobs: readonly Job[],
  records: Readonly<Record<string, string>>,
): readonly string[] {
  const { stdout, stderr, status } = spawnSync(python, [join(import.meta.dirname, 'dkimpy.py')], {
    input: JSON.stringify({ records, jobs }),
    maxBuffer: 1e8,
  });
  assert.equal(status, 0, stderr.toString());
  return JSON.parse(stdout.toString()) as string[];
}

export interface TestKey {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: DkimAlgorithm;
  readonly createdAtMs: number;
  readonly signsFromMs: number;
  readonly privateKey: KeyObject;
}

export function testKey(domain: string, selector: string, algorithm: DkimAlgorithm): TestKey {
  const { privateKey } =
    algorithm === 'rsa-sha256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ed25519');
  return { domain, selector, algorithm, createdAtMs: 0, signsFromMs: 0, privateKey };
}

/** As dkimpy wants it: PKCS #1, or the bare seed of Ed25519. */
export function keyText({ algorithm, privateKey }: TestKey): string {
  if (algorithm === 'rsa-sha256') {
    return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  }
  const { d = '' } = privateKey.export({ format: 'jwk' });
  return Buffer.from(d, 'base64url').toString('base64');
}

export function recordsOf(keys: readonly TestKey[]): Record<string, string> {
  return Object.fromEntries(keys.map(recordOf).map(({ name, value }) => [name, value]));
}

/** Answers from these records; everything else does not exist. */
export function resolverOf(records: Readonly<Record<string, string>>) {
  const resolve = async (name: string) => {
    const text = records[name];
    if (text === undefined) throw new DnsError('ENOTFOUND', { hostname: name, type: 'TXT' });
    return [text.match(/[\s\S]{1,255}/g) ?? []];
  };
  return { resolve: resolve as never };
}

export function verifierOptions(records: Readonly<Record<string, string>>) {
  return {
    resolver: resolverOf(records),
    clock: systemClock,
    budgetMs: 5_000,
    signaturesMax: 10,
  };
}

/** Header and body of a message of one character a byte. */
export function messageOf(text: string, chunkLength = text.length + 1) {
  const end = text.indexOf('\r\n\r\n');
  assert.notEqual(end, -1);
  const body = Buffer.from(text.slice(end + 4), 'latin1');
  return {
    header: text.slice(0, end + 2),
    *body() {
      for (let at = 0; at < body.length; at += chunkLength) {
        yield body.subarray(at, at + chunkLength);
      }
    },
  };
}

/** Only what signers ask. */
export function keysOnly(keys: readonly TestKey[]): DkimKeys {
  const signingKeys = async (domain: string) => keys.filter((key) => key.domain === domain);
  return { signingKeys } as Partial<DkimKeys> as DkimKeys;
}
