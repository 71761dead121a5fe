// Chains of ours in the eyes of python3-dkim, its chains in ours, and both mixed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createArcSealer, createArcVerifier } from '../src/index.ts';
import {
  askDkimpy,
  keysOnly,
  keyText,
  messageOf,
  recordsOf,
  testKey,
  verifierOptions,
  withDkimpy,
  type Job,
} from './dkimpy.ts';

const key = testKey('relay.test', 'arc', 'rsa-sha256');
const records = recordsOf([key]);
const verifier = createArcVerifier(verifierOptions(records));
const sealer = createArcSealer({ keys: keysOnly([key]), onProblem: (why) => assert.fail(why) });

const plain = [
  'From: Ana <ana@home.test>',
  'To: bob@far.test',
  'Subject: folded',
  '\tand   spaced \xfc ',
  'Date: Sun, 22 Nov 2026 10:00:00 +0000',
  '',
  'Hello  Bob,\t ',
  '',
  '',
].join('\r\n');

const results = 'relay.test; spf=pass smtp.mailfrom=home.test; dkim=pass header.d=home.test';

/** As one of our sites passes a message on. */
async function sealed(message: string): Promise<string> {
  const parsed = messageOf(message);
  const chain = await verifier.verify(parsed);
  const set = await sealer.seal({
    message: parsed,
    chain,
    results: `${results}; arc=${chain.result}`,
    domain: 'relay.test',
    atMs: Date.now(),
  });
  return `${set}${message}`;
}

/** As a relay with dkimpy does. */
async function sealedByOther(message: string): Promise<string> {
  const { result } = await verifier.verify(messageOf(message));
  const found = `Authentication-Results: other.test; spf=pass smtp.mailfrom=home.test; arc=${result}\r\n`;
  const job = {
    do: 'arc-sign',
    message: `${result === 'none' ? found.replace('; arc=none', '') : found}${message}`,
    selector: 'arc',
    domain: 'relay.test',
    key: keyText(key),
    server: 'other.test',
  };
  const [set = ''] = askDkimpy([job], records);
  assert.match(set, /^ARC-Seal/, set);
  return `${set}${job.message}`;
}

function theirVerdict(message: string): string | undefined {
  return askDkimpy([{ do: 'arc-verify', message }], records)[0];
}

test('a first set of ours passes here and there (RFC 8617 §5.1)', withDkimpy, async () => {
  const message = await sealed(plain);
  const answer = await verifier.verify(messageOf(message));
  assert.deepEqual(answer, {
    result: 'pass',
    instances: 1,
    sealers: ['relay.test'],
    results: [`${results}; arc=none`],
  });
  assert.equal(theirVerdict(message), 'pass');
});

test(
  'sets of both, on top of each other in any order, pass here and there',
  withDkimpy,
  async () => {
    const ways: readonly (readonly ((message: string) => Promise<string>)[])[] = [
      [sealedByOther],
      [sealed, sealed, sealed],
      [sealedByOther, sealed],
      [sealed, sealedByOther],
      [sealedByOther, sealed, sealedByOther, sealed],
    ];
    const jobs: Job[] = [];
    for (const way of ways) {
      let message = plain;
      for (const seal of way) message = `Received: from x by y\r\n${await seal(message)}`;
      const answer = await verifier.verify(messageOf(message));
      assert.equal(answer.result, 'pass', answer.problem ?? '');
      assert.equal(answer.instances, way.length);
      jobs.push({ do: 'arc-verify', message });
    }
    assert.deepEqual(
      askDkimpy(jobs, records),
      ways.map(() => 'pass'),
    );
  },
);

test('a change behind the seal breaks the chain for both (RFC 8617 §5.2)', withDkimpy, async () => {
  const message = await sealed(await sealedByOther(plain));
  const changed = [
    message.replace('Hello', 'Hullo'),
    message.replace('Subject: folded', 'Subject: Folded'),
    message.replace('From: Ana', 'From: eve@evil.test\r\nFrom: Ana'),
    message.replace('dkim=pass', 'dkim=fail'),
    message.replace('i=1; other.test; spf=pass', 'i=1; other.test; spf=fail'),
    message.replace('cv=none', 'cv=pass'),
  ];
  for (const text of changed) {
    assert.notEqual(text, message);
    assert.equal((await verifier.verify(messageOf(text))).result, 'fail');
  }
  const jobs = changed.map((text) => ({ do: 'arc-verify', message: text }));
  assert.deepEqual(
    askDkimpy(jobs, records),
    changed.map(() => 'fail'),
  );
});

test(
  'a broken chain is sealed once as broken, and never again (RFC 8617 §5.1)',
  withDkimpy,
  async () => {
    const broken = (await sealed(plain)).replace('Hello', 'Hullo');
    const marked = await sealed(broken);
    assert.match(marked, /^ARC-Seal: i=2;[^;]*;[^;]*; cv=fail;/);
    const answer = await verifier.verify(messageOf(marked));
    assert.equal(answer.result, 'fail');
    assert.match(answer.problem ?? '', /broken before/);
    assert.equal(await sealed(marked), marked);
    assert.equal(theirVerdict(marked), 'None');
  },
);
