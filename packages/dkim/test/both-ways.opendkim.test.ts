// Debian's opendkim in its test mode: what it signs passes here, what we sign passes there. RSA only; it knows no Ed25519.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BodyHash, createDkimVerifier, signHeader } from '../src/index.ts';
import { keyText, messageOf, recordsOf, testKey, verifierOptions } from './dkimpy.ts';

const opendkim = '/usr/sbin/opendkim';
const isThere = spawnSync(opendkim, ['-V']).status === 0;
const options = { skip: isThere ? false : 'opendkim is not installed' };

const key = testKey('home.test', 'r1', 'rsa-sha256');
const records = recordsOf([key]);
const verifier = createDkimVerifier(verifierOptions(records));
const header = [
  'From: Ana <ana@home.test>',
  'To: bob@far.test',
  // One blank behind the colon: a milter is not told of more.
  'Subject: folded',
  '\tand   spaced',
  'Date: Sun, 22 Nov 2026 10:00:00 +0000',
  'Message-ID: <1@home.test>',
  '',
].join('\r\n');
const bodies = [
  '',
  'Hello  Bob,\t \r\n\r\n there \r\n\r\n\r\n',
  'x\r\n',
  '\r\n\r\n',
  ' \r\n \t \r\nx\r\n',
];

/** Its output for one message, with this config. It reads LF, and takes it for CRLF. */
async function run(config: readonly string[], message: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'opendkim-'));
  try {
    const [name, value] = Object.entries(records)[0] ?? [];
    await writeFile(join(dir, 'key'), keyText(key), { mode: 0o600 });
    await writeFile(join(dir, 'records'), `${name} ${value}\n`);
    await writeFile(join(dir, 'message'), message.replaceAll('\r\n', '\n'), 'latin1');
    const lines = ['RequireSafeKeys false', 'Socket inet:0@127.0.0.1', ...config];
    await writeFile(join(dir, 'conf'), lines.join('\n').replaceAll('DIR', dir));
    const args = ['-x', join(dir, 'conf'), '-v', '-v', '-t', join(dir, 'message')];
    return spawnSync(opendkim, args, { encoding: 'latin1', timeout: 30_000 }).stdout;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

test('what opendkim signs passes here, in every form', options, async () => {
  for (const form of ['simple/simple', 'simple/relaxed', 'relaxed/simple', 'relaxed/relaxed']) {
    for (const body of bodies) {
      const message = `${header}\r\n${body}`;
      const said = await run(
        [
          'Mode s',
          'InternalHosts 0.0.0.0/0',
          `Canonicalization ${form}`,
          'SignatureAlgorithm rsa-sha256',
          'Domain home.test',
          'Selector r1',
          'KeyFile DIR/key',
        ],
        message,
      );
      const value = /hname='DKIM-Signature' hvalue='([^']*)'/.exec(said)?.[1];
      assert.ok(value, said);
      const field = `DKIM-Signature: ${value.replaceAll(/\r?\n/g, '\r\n')}\r\n`;
      const [answer] = await verifier.verify(messageOf(field + message));
      assert.equal(answer?.result, 'pass', `${form} ${JSON.stringify(body)} ${answer?.problem}`);
    }
  }
});

test('what we sign passes in opendkim, and not when it was changed', options, async () => {
  for (const body of bodies) {
    const hash = new BodyHash();
    hash.update(Buffer.from(body, 'latin1'));
    const prefix = await signHeader({ header, bodyHash: hash.digest(), atMs: Date.now() }, [key]);
    const message = `${prefix}${header}\r\n${body}`;
    const config = ['Mode v', 'TestPublicKeys DIR/records'];
    assert.match(await run(config, message), /dkim=pass/, JSON.stringify(body));
    assert.doesNotMatch(await run(config, `${message}more\r\n`), /dkim=pass/);
  }
});
