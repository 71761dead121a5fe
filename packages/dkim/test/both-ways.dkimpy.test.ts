// What python3-dkim signs passes here, what a signer in the words of the RFC signs passes here and there, for generated messages, all
// canonicalizations and both algorithms; and what was changed passes in neither.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDkimVerifier } from '../src/index.ts';
import {
  askDkimpy,
  keyText,
  messageOf,
  recordsOf,
  testKey,
  verifierOptions,
  withDkimpy,
} from './dkimpy.ts';
import { someMessages } from './generated-messages.ts';
import { signedBy } from './reference-signer.ts';

const keys = [
  testKey('home.test', 'r1', 'rsa-sha256'),
  testKey('home.test', 'e1', 'ed25519-sha256'),
];
const records = recordsOf(keys);
const verifier = createDkimVerifier(verifierOptions(records));
const forms = (['simple', 'relaxed'] as const).flatMap((header) =>
  (['simple', 'relaxed'] as const).map((body) => ({ header, body })),
);
const seed = Date.now() % 1_000_000;
const names = ['From', 'To', 'Subject', 'X-One', 'X-One', 'Received', 'Date'];

async function verdict(message: string, chunkLength?: number): Promise<string> {
  const [first] = await verifier.verify(messageOf(message, chunkLength));
  return first?.problem ?? first?.result ?? 'nothing';
}

test('what python3-dkim signs passes here, in any chunks', withDkimpy, async () => {
  const jobs = someMessages(30, seed).flatMap((message) =>
    keys.flatMap((key) =>
      forms.map(({ header, body }, index) => ({
        do: 'sign',
        message,
        selector: key.selector,
        domain: key.domain,
        key: keyText(key),
        algorithm: key.algorithm,
        canonicalize: [header, body],
        length: index === 3,
      })),
    ),
  );
  for (const [index, signature] of askDkimpy(jobs, records).entries()) {
    const text = `${signature}${jobs[index]?.message}`;
    assert.equal(await verdict(text), 'pass', `seed ${seed}: ${JSON.stringify(text)}`);
    assert.equal(await verdict(text, 1 + (index % 7)), 'pass', `seed ${seed}, in chunks`);
  }
});

test('a signer in the words of the RFC passes here and there', withDkimpy, async () => {
  const messages = someMessages(30, seed + 1).flatMap((message) =>
    keys.flatMap((key) =>
      forms.map(({ header, body }) => signedBy(message, { key, header, body, names })),
    ),
  );
  const theirs = askDkimpy(
    messages.map((message) => ({ do: 'verify', message })),
    records,
  );
  for (const [index, message] of messages.entries()) {
    const about = `seed ${seed}: ${JSON.stringify(message)}`;
    assert.equal(await verdict(message), 'pass', about);
    assert.equal(theirs[index], 'pass', about);
  }
});

test(
  'a byte changed in the body passes here where it passes there, which is where it is a blank among blanks',
  withDkimpy,
  async () => {
    const messages = someMessages(60, seed + 2).flatMap((message, index) => {
      const key = keys[index % 2];
      const form = forms[index % 4];
      if (key === undefined || form === undefined) return [];
      const signed = signedBy(message, { key, ...form, names });
      const start = signed.indexOf('\r\n\r\n') + 4;
      if (start === signed.length) return [];
      return Array.from({ length: 8 }, (_, round) => {
        const at = start + ((index * 7919 + round * 104_729) % (signed.length - start));
        const other = signed[at] === 'x' ? ' ' : 'x';
        return signed.slice(0, at) + other + signed.slice(at + 1);
      });
    });
    const theirs = askDkimpy(
      messages.map((message) => ({ do: 'verify', message })),
      records,
    );
    for (const [index, message] of messages.entries()) {
      if (theirs[index] === 'pass') continue;
      assert.notEqual(await verdict(message), 'pass', `seed ${seed}: ${JSON.stringify(message)}`);
    }
  },
);
