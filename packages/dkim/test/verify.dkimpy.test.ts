// What we sign is right in the eyes of somebody else: Debian's python3-dkim, both algorithms.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { BodyHash, createDkimSigner, openDkimKeys, recordOf, type DkimKeys } from '../src/index.ts';

const python = '/usr/bin/python3';
const hasVerifier = spawnSync(python, ['-c', 'import dkim, nacl']).status === 0;
const options = { skip: hasVerifier ? false : 'python3-dkim and python3-nacl are not installed' };
const domain = 'home.example.test';

async function withKeys(work: (keys: DkimKeys) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'dkim-'));
  try {
    const config = { publishBeforeMs: 0, keepAfterMs: 86_400_000 };
    await work(openDkimKeys({ dir, clock: systemClock, config }));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function signed(keys: DkimKeys, message: string): Promise<string> {
  const end = message.indexOf('\r\n\r\n');
  const bodyHash = new BodyHash();
  bodyHash.update(Buffer.from(message.slice(end + 4), 'latin1'));
  const signer = createDkimSigner({ keys, onProblem: (problem) => assert.fail(problem) });
  const prefix = await signer.sign({
    author: `ana@${domain}`,
    header: message.slice(0, end + 2),
    bodyHash: bodyHash.digest(),
    atMs: Date.now(),
  });
  return `${prefix}${message}`;
}

async function verdicts(keys: DkimKeys, message: string): Promise<readonly string[]> {
  const records = Object.fromEntries(
    (await keys.keysOf(domain)).map(recordOf).map(({ name, value }) => [name, value]),
  );
  const { stdout, stderr } = spawnSync(
    python,
    [join(import.meta.dirname, 'verify.py'), JSON.stringify(records)],
    { input: Buffer.from(message, 'latin1') },
  );
  assert.equal(stderr.toString(), '');
  return stdout.toString().trim().split('\n');
}

const simple = [
  `From: Ana <ana@${domain}>`,
  'To: bob@far.test',
  'Subject:   many   spaces',
  '\tand a fold  ',
  'Date: Sun, 22 Nov 2026 10:00:00 +0000',
  'Message-ID: <1@home.example.test>',
  '',
  'Hello  \t Bob,',
  '.dot',
  ' indented',
  '',
  '',
].join('\r\n');

test('both signatures verify (RFC 6376, RFC 8463)', options, async () => {
  await withKeys(async (keys) => {
    await keys.make(domain);
    const message = await signed(keys, simple);
    assert.deepEqual(await verdicts(keys, message), ['ok', 'ok']);
    assert.doesNotMatch(message, /[; ]l=/);
  });
});

test(
  'odd messages verify: no body, 8-bit bytes, fields twice and folded oddly',
  options,
  async () => {
    await withKeys(async (keys) => {
      await keys.make(domain);
      const odd = [
        `From: ana@${domain}\r\n\r\n`,
        `From: ana@${domain}\r\nSubject:\r\nTo:\r\n\tx@y.test\r\n\r\n\r\n\r\n`,
        `From: ana@${domain}\r\nSubject: \xfc\xff bytes\xa0\r\nX: 1\r\nReferences: <a>\r\n <b>\r\n\r\n\xe4\xf6 \r\nx`,
        `FROM: ana@${domain}\r\nReceived: a\r\nReceived: b\r\nSender: ana@${domain}\r\n\r\nx\r\n \r\n`,
      ];
      for (const text of odd) {
        assert.deepEqual(await verdicts(keys, await signed(keys, text)), ['ok', 'ok'], text);
      }
    });
  },
);

test(
  'whoever adds a From or Subject, or changes a word, breaks them (threat 27)',
  options,
  async () => {
    await withKeys(async (keys) => {
      await keys.make(domain);
      const message = await signed(keys, simple);
      const changed = [
        message.replace('From: Ana', 'From: eve@evil.test\r\nFrom: Ana'),
        message.replace('Subject:', 'Subject: Pay me\r\nSubject:'),
        message.replace('To: bob', 'Cc: eve@evil.test\r\nTo: bob'),
        message.replace('Hello', 'Hullo'),
        `${message}more\r\n`,
      ];
      for (const text of changed) {
        assert.ok(!(await verdicts(keys, text)).includes('ok'), text);
      }
    });
  },
);

test(
  'after a rotation new mail carries the new keys, and mail signed before still verifies',
  options,
  async () => {
    await withKeys(async (keys) => {
      await keys.make(domain);
      const before = await signed(keys, simple);
      await keys.rotate(domain, { isAtOnce: true });
      const after = await signed(keys, simple);
      const selectors = (text: string) => text.match(/ s=[^;]+/g);
      assert.equal(selectors(after)?.length, 2);
      assert.notDeepEqual(selectors(after), selectors(before));
      assert.deepEqual(await verdicts(keys, before), ['ok', 'ok']);
      assert.deepEqual(await verdicts(keys, after), ['ok', 'ok']);
    });
  },
);
