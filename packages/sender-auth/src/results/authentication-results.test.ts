import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  authenticationResultsValue,
  formatAuthenticationResults,
} from './authentication-results.ts';
import type { MethodResult } from './authentication-results.ts';

const authservId = 'mx.our.test';

function value(...methods: readonly MethodResult[]): string {
  return authenticationResultsValue({ authservId, methods });
}

test('without results the field says none (RFC 8601 §2.2)', () => {
  assert.equal(value(), 'mx.our.test; none');
  assert.equal(
    formatAuthenticationResults({ authservId, methods: [] }),
    'Authentication-Results: mx.our.test; none\r\n',
  );
});

test('results stand in their order, with reason and properties (RFC 8601 §2.2)', () => {
  assert.equal(
    value(
      { method: 'spf', result: 'pass', properties: [['smtp.mailfrom', 'ana@x.test']] },
      {
        method: 'dkim',
        result: 'fail',
        reason: 'The body was changed.',
        properties: [
          ['header.d', 'x.test'],
          ['header.i', '@x.test'],
          ['header.b', 'aB/+=cde'],
        ],
      },
    ),
    'mx.our.test; spf=pass smtp.mailfrom=ana@x.test; ' +
      'dkim=fail reason="The body was changed." header.d=x.test header.i=@x.test header.b="aB/+=cde"',
  );
});

test('what is no token or address is quoted (RFC 8601 §2.2, RFC 2045 §5.1)', () => {
  const one = (text: string) =>
    value({ method: 'iprev', result: 'pass', properties: [['policy.iprev', text]] }).replace(
      'mx.our.test; iprev=pass policy.iprev=',
      '',
    );
  assert.equal(one('192.0.2.1'), '192.0.2.1');
  assert.equal(one('2001:db8::1'), '"2001:db8::1"');
  assert.equal(one('a b'), '"a b"');
  assert.equal(one(''), '""');
  assert.equal(one('"a\\b"@x.test'), '"\\"a\\\\b\\"@x.test"');
  assert.equal(one('a@b@x.test'), '"a@b@x.test"');
  assert.equal(one('ana@[192.0.2.1]'), '"ana@[192.0.2.1]"');
  assert.equal(one('a..b@x.test'), '"a..b@x.test"');
});

test('nothing a stranger says begins a line, a field or another result (RFC 8601 §7.2)', () => {
  const said = 'x\r\nFrom: evil\r\n\r\nbody\0"; dkim=pass header.d=bank.test (\u2028\u0085\u200b';
  const field = formatAuthenticationResults({
    authservId,
    methods: [{ method: 'spf', result: 'none', reason: said, properties: [['smtp.helo', said]] }],
  });
  assert.match(field, /^Authentication-Results:[^\r\n]*(\r\n [^\r\n]*)*\r\n$/);
  assert.doesNotMatch(field.replaceAll('\r\n', ''), /[^\x20-\x7e]/);
  const outside = field.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/\s+/g, ' ');
  assert.equal(
    outside,
    'Authentication-Results: mx.our.test; spf=none reason="" smtp.helo="" '.trimEnd() + ' ',
  );
});

test('lines are folded between words, none is too long (RFC 5322 §2.1.1)', () => {
  const methods = Array.from({ length: 20 }, (_, index): MethodResult => ({
    method: 'dkim',
    result: 'pass',
    reason: 'r '.repeat(index * 40),
    properties: [['header.d', `${'d'.repeat(index * 5)}.test`]],
  }));
  const field = formatAuthenticationResults({ authservId, methods });
  const lines = field.split('\r\n');
  assert.equal(lines.pop(), '');
  assert.ok(lines.every((line) => line.length <= 998));
  // A longer one is one word.
  assert.ok(lines.every((line) => line.length <= 78 || /^ (\S+|reason="[^"]*")$/.test(line)));
  assert.ok(lines.slice(1).every((line) => /^ \S/.test(line)));
  assert.equal(
    lines.join(''),
    `Authentication-Results: ${authenticationResultsValue({ authservId, methods })}`,
  );
});

test('UTF-8 stands there only when the message may have it (RFC 8616 §5.2)', () => {
  const methods: readonly MethodResult[] = [
    { method: 'spf', result: 'pass', properties: [['smtp.mailfrom', 'änne@x.test']] },
  ];
  assert.equal(
    authenticationResultsValue({ authservId, methods }),
    'mx.our.test; spf=pass smtp.mailfrom=?nne@x.test',
  );
  assert.equal(
    authenticationResultsValue({ authservId, methods, isUtf8Allowed: true }),
    'mx.our.test; spf=pass smtp.mailfrom="änne@x.test"',
  );
});

test('no line has more than 998 octets, whatever is said (RFC 5322 §2.1.1)', () => {
  for (const char of ['a', '"', '\\', '漢', '😀']) {
    const properties = [['smtp.helo', char.repeat(5000)]] as const;
    const methods = [
      { method: 'spf', result: 'pass', reason: char.repeat(5000), properties },
    ] as const;
    const field = formatAuthenticationResults({ authservId, methods, isUtf8Allowed: true });
    assert.ok(
      field.split('\r\n').every((line) => Buffer.byteLength(line) <= 998),
      char,
    );
    assert.ok(field.isWellFormed());
  }
});

test('words that only we write are checked as such', () => {
  assert.throws(() => value({ method: 'spf', result: 'pass x', properties: [] }));
  assert.throws(() =>
    value({ method: 'spf', result: 'pass', properties: [['smtp.mailfrom=x; y', 'z']] }),
  );
});
