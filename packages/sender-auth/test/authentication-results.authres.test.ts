// Whatever we write into Authentication-Results, Debian's python3-authres reads back as it was meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  authenticationResultsValue,
  formatAuthenticationResults,
  withoutOurResults,
} from '../src/index.ts';
import type { MethodResult, ResultsToWrite } from '../src/index.ts';
import { askPython, pythonMissing } from './ask-python.ts';

const skip = pythonMissing('import authres', 'python3-authres');

/** As its words for it are: escapes stay. */
interface ReadField {
  /** Why it could not be read. */
  readonly problem?: string;
  readonly authservId?: string;
  readonly methods: readonly {
    readonly method: string;
    readonly result: string;
    readonly reason: string | null;
    readonly properties: readonly (readonly [string, string])[];
  }[];
}

/** What a stranger can say: anything, and what looks like syntax. */
const said = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.stringMatching(/^[a-z0-9.@"\\;=()<>/:?_+ \r\n\t-]{0,40}$/),
  fc.constantFrom(
    '',
    '"',
    '\\',
    '\\"',
    '(',
    'a@b.test',
    '@b.test',
    'x; dkim=pass',
    'é@b.test',
    '::1',
  ),
);
const properties = {
  spf: ['smtp.mailfrom', 'smtp.helo'],
  dkim: ['header.d', 'header.i', 'header.s', 'header.b'],
  dmarc: ['header.from', 'policy.dmarc'],
  arc: ['smtp.remote-ip'],
  iprev: ['policy.iprev'],
  auth: ['smtp.auth'],
} as const;
const method: fc.Arbitrary<MethodResult> = fc
  .constantFrom(...(Object.keys(properties) as (keyof typeof properties)[]))
  .chain((name) =>
    fc.record(
      {
        method: fc.constant(name),
        result: fc.constantFrom('pass', 'fail', 'none', 'temperror', 'softfail'),
        reason: said,
        properties: fc.array(fc.tuple(fc.constantFrom(...properties[name]), said), {
          maxLength: 4,
        }),
      },
      { requiredKeys: ['method', 'result', 'properties'] },
    ),
  );

test('python3-authres reads every field as it was meant (RFC 8601 §2.2)', { skip }, () => {
  const seed = Math.trunc(Math.random() * 1e9);
  const all: readonly ResultsToWrite[] = fc
    .sample(fc.array(method, { maxLength: 5 }), { numRuns: 3000, seed })
    .map((methods) => ({ authservId: 'mx.our.test', methods }));
  const read = askPython('authres-driver.py', [
    ...all.map(formatAuthenticationResults),
    ...all.map((each) => `Authentication-Results: ${authenticationResultsValue(each)}`),
  ]) as readonly ReadField[];
  for (const [index, field] of read.entries()) {
    const { methods } = all[index % all.length] ?? assert.fail();
    const about = `seed ${seed}, case ${index}: ${JSON.stringify(methods)}`;
    assert.equal(field.authservId, 'mx.our.test', `${field.problem}, ${about}`);
    assert.equal(field.methods.length, methods.length, about);
    for (const [at, method] of methods.entries())
      compare(field.methods[at] ?? assert.fail(about), method, about);
  }
});

function compare(found: ReadField['methods'][number], given: MethodResult, about: string) {
  assert.equal(found.method, given.method, about);
  assert.equal(found.result, given.result, about);
  assert.equal(unescaped(found.reason ?? ''), plain(given.reason ?? ''), about);
  const wanted = given.properties.map(([name, value]) => `${name}=${plain(value)}`);
  const properties = found.properties.map(([name, value]) => `${name}=${unescaped(value)}`);
  // Of several values that need quotes one is written as it is.
  const isQuoted = ([, value]: readonly [string, string]) =>
    !/^[a-z0-9]+(@[a-z0-9]+(\.[a-z0-9]+)+)?$/i.test(plain(value));
  assert.equal(properties.length, wanted.length, about);
  if (given.properties.filter(isQuoted).length < 2)
    assert.deepEqual(properties.toSorted(), wanted.toSorted(), about);
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}

function plain(text: string): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
  return line.replaceAll(/[^\x20-\x7e]/gu, '?');
}

const forged = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('mx.our.test', 'MX.our.TEST', '"mx.our.test"') },
      { weight: 3, arbitrary: fc.constantFrom(' ', '\r\n ', '(c)', '((a) \\) b)', '\t') },
      fc.constantFrom(
        'mx.other.test',
        '"mx.other.test"',
        '.',
        '1',
        '(',
        ')',
        '"',
        '\\',
        ';',
        '/',
        '@',
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => `${parts.join('')}; dkim=pass header.d=bank.test`);

test('what python3-authres takes for ours is taken out (RFC 8601 §5)', { skip }, () => {
  const seed = Math.trunc(Math.random() * 1e9);
  const values = fc.sample(forged, { numRuns: 5000, seed });
  const fields = values.map((value) => `Authentication-Results: ${value}\r\n`);
  const read = askPython('authres-driver.py', fields) as readonly ReadField[];
  let ours = 0;
  for (const [index, { authservId }] of read.entries()) {
    if (authservId?.toLowerCase() !== 'mx.our.test') continue;
    ours += 1;
    const left = withoutOurResults(Buffer.from(fields[index] ?? ''), ['mx.our.test']);
    assert.equal(left.length, 0, `seed ${seed}: ${JSON.stringify(fields[index])}`);
  }
  assert.ok(ours > 100, `${ours}`);
});
