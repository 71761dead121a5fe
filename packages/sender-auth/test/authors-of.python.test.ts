// Whomever Debian's Python takes for an author, in its old reader and in its new one, we have listed or called doubtful (threat 28).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { authorsOf } from '../src/index.ts';
import { askPython, pythonMissing } from './ask-python.ts';

const skip = pythonMissing('import email', 'python3');

const from = fc
  .array(
    fc.oneof(
      fc.constantFrom('a@x.test', '<b@y.test>', 'Ana', '"c@z.test"', '(d@w.test)', 'e', '@v.test'),
      fc.constantFrom(' ', ' ', ', ', '<', '>', '"', '(', ')', ':', ';', '@', '.', '\\', '\r\n '),
    ),
    { minLength: 1, maxLength: 9 },
  )
  .map((parts) => parts.join(''));

test('nobody else sees an author that we do not (RFC 5322 §3.4)', { skip }, () => {
  const seed = Math.trunc(Math.random() * 1e9);
  const values = fc.sample(from, { numRuns: 5000, seed });
  const theirs = askPython('from-driver.py', values) as readonly (readonly string[])[];
  const missed: string[] = [];
  for (const [index, value] of values.entries()) {
    const { domains, problem } = authorsOf(Buffer.from(`From: ${value}\r\n`));
    if (problem !== undefined) continue;
    // One domain is what DMARC judges; several are refused by it.
    if (domains.length !== 1) continue;
    const others = (theirs[index] ?? []).filter((domain) => /^[a-z]+\.test$/.test(domain));
    if (others.some((domain) => !domains.includes(domain)))
      missed.push(`${JSON.stringify(value)}: ${domains.join()} but ${others.join()}`);
  }
  assert.deepEqual(missed, [], `seed ${seed}`);
});
