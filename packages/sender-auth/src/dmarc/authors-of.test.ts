import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { authorsOf } from './authors-of.ts';

function from(value: string | Buffer) {
  const field = Buffer.concat([Buffer.from('From: '), Buffer.from(value), Buffer.from('\r\n')]);
  return authorsOf(
    Buffer.concat([
      Buffer.from('Received: x\r\n'),
      field,
      Buffer.from('To: b@y.test\r\n\r\nFrom: body@z.test'),
    ]),
  );
}

const fine: readonly (readonly [title: string, value: string, domains: readonly string[]])[] = [
  ['an address alone', 'ana@X.Test', ['x.test']],
  ['a name and an address', 'Ana Example <ana@x.test>', ['x.test']],
  ['folded in the middle', 'Ana\r\n Example\r\n\t<ana@\r\n x.test>', ['x.test']],
  ['a quoted name that looks like an address', '"ceo@bank.test" <ana@x.test>', ['x.test']],
  ['an unquoted name that is the address', 'ana@x.test <ana@x.test>', ['x.test']],
  ['a smiley', '"Ana" :) <ana@x.test>', ['x.test']],
  ['a brand with an at sign', 'Fit@Home <ana@x.test>', ['x.test']],
  ['an encoded name that looks like one', '=?utf-8?q?ceo=40bank.test?= <ana@x.test>', ['x.test']],
  ['one encoded by a careless program', '=?UTF-8?Q?ceo@bank.test?= <ana@x.test>', ['x.test']],
  ['a comment that looks like one', 'ana@x.test (ceo@bank.test)', ['x.test']],
  ['comments nested, before and within', '(a (b@c.test) \\) d) ana@x.test', ['x.test']],
  ['a quoted local part with an at sign', '"a@bank.test"@x.test', ['x.test']],
  ['the same in angle brackets', 'A <"a@bank.test, b"@x.test>', ['x.test']],
  ['an escaped quote in a name', '"a \\" b@c.test" <ana@x.test>', ['x.test']],
  ['a route (RFC 5322 §4.4)', '<@bank.test,@b.test:ana@x.test>', ['x.test']],
  ['two addresses of one domain', 'ana@x.test, Bo <bo@X.TEST>', ['x.test']],
  ['two addresses of two domains', 'ana@x.test, Bo <bo@y.test>', ['x.test', 'y.test']],
  ['a group (RFC 6854)', 'Friends: ana@x.test, bo@y.test;', ['x.test', 'y.test']],
  ['U-labels become A-labels (RFC 9989 §5.3.1)', 'ana@MÜNCHEN.test', ['xn--mnchen-3ya.test']],
  [
    'A-labels and U-labels are the same',
    'a@münchen.test, b@xn--mnchen-3ya.test',
    ['xn--mnchen-3ya.test'],
  ],
  ['other dots of other scripts', 'ana@bank。test', ['bank.test']],
  ['a dot at the end', 'ana@x.test.', ['x.test']],
];
for (const [title, value, domains] of fine) {
  test(`domains of From: ${title}`, () => {
    const found = from(value);
    assert.deepEqual(found.domains, domains);
    assert.equal(found.problem, undefined);
  });
}

const doubtful: readonly (readonly [
  title: string,
  value: string | Buffer,
  domains: readonly string[],
])[] = [
  ['two addresses in angle brackets', '<a@bank.test> <b@evil.test>', ['bank.test', 'evil.test']],
  [
    'an address behind the one in angle brackets',
    '<a@x.test> b@evil.test',
    ['x.test', 'evil.test'],
  ],
  [
    'a name without quotes that is an address',
    'a@bank.test <b@evil.test>',
    ['bank.test', 'evil.test'],
  ],
  ['a folded comment', '<b@evil.test> (\r\n a@bank.test)', ['bank.test', 'evil.test']],
  ['quotes behind the address', '<b@evil.test> "a@bank.test"', ['bank.test', 'evil.test']],
  ['two addresses without a comma', 'a@x.test b@evil.test', ['x.test', 'evil.test']],
  ['an address with two domains', 'a@bank.test@evil.test', ['evil.test', 'bank.test']],
  ['a quote that never ends', '"a@bank.test <b@evil.test>', ['bank.test', 'evil.test']],
];
for (const [title, value, domains] of doubtful) {
  test(`everything that could be meant is listed: ${title} (threat 28)`, () => {
    assert.deepEqual([...from(value).domains].sort(), [...domains].sort());
  });
}

const wrong: readonly (readonly [title: string, value: string | Buffer])[] = [
  ['no address', 'Ana'],
  ['nothing', ''],
  ['an empty group', 'undisclosed-recipients:;'],
  ['an address without domain', 'ana'],
  ['an address without domain beside another', 'ana, bo@y.test'],
  ['an address literal', 'ana@[192.0.2.1]'],
  ['only an encoded word', '=?utf-8?q?ana=40x.test?='],
  ['an encoded domain', 'ana@=?utf-8?q?x.test?='],
  ['a NUL in the domain', 'ana@bank.test\u0000.evil.test'],
  ['a NUL behind an address', 'ana@bank.test\u0000 <b@evil.test>'],
  ['a bare CR', 'ana@bank.test\r <b@evil.test>'],
  ['bytes that are no UTF-8', Buffer.from([0x61, 0x40, 0xfc, 0x2e, 0x64, 0x65])],
  ['a field of 20 KB', `${'x'.repeat(20_000)} <a@x.test>`],
];
for (const [title, value] of wrong) {
  test(`a From nobody should rely on is called one: ${title} (threat 28)`, () => {
    assert.notEqual(from(value).problem, undefined);
  });
}

test('no From, and several of them, are a problem; all of them are read (RFC 5322 §3.6)', () => {
  assert.deepEqual(authorsOf(Buffer.from('To: a@x.test\r\n\r\nFrom: b@y.test\r\n')).domains, []);
  const two = authorsOf(Buffer.from('From: a@x.test\r\nfrom : b@y.test\r\nFROM: c@x.test\r\n'));
  assert.deepEqual(two.domains, ['x.test', 'y.test']);
  assert.match(two.problem ?? '', /several/);
});

test('addresses are told as well', () => {
  assert.deepEqual(from('Ana <Ana@X.test>, "b c"@y.test').addresses, ['Ana@x.test', 'b c@y.test']);
});

test('hostile fields cost no more than their length (threat 15)', () => {
  const started = performance.now();
  for (const part of [
    '<',
    '"',
    '(',
    '<@',
    'a@b.c,',
    '=?',
    '=?a?q?',
    '((',
    '\\',
    ':',
    'a@',
    '>',
    '<a@b.c>',
  ])
    from(part.repeat(16_000 / part.length));
  authorsOf(Buffer.from('From: a@b.test\r\n'.repeat(20_000)));
  assert.ok(performance.now() - started < 1500);
});

test('whatever stands in From, domains are names and addresses are theirs', () => {
  const pieces = fc.constantFrom(
    'a',
    'b@c.test',
    '<',
    '>',
    '@',
    ',',
    ';',
    ':',
    '"',
    '(',
    ')',
    '\\',
    ' ',
    '\r\n ',
    '.',
    'é',
    '=?utf-8?q?',
    '?=',
    '\0',
    '[',
    ']',
  );
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''))),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(text, (value) => {
      const { domains, addresses, problem } = from(value);
      for (const domain of domains) assert.match(domain, /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/);
      for (const address of addresses)
        assert.ok(domains.includes(address.slice(address.lastIndexOf('@') + 1)));
      assert.ok(domains.length > 0 || problem !== undefined);
    }),
    { numRuns: 3000 },
  );
});
