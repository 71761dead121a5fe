import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubject, subjectText } from './parse-subject.ts';

const read = (text: string) => {
  const parsed = parseSubject(text);
  return parsed.ok ? `${parsed.value.kind} ${subjectText(parsed.value)}` : parsed.problem;
};

test('addresses and networks, written in one way', () => {
  for (const [text, wanted] of [
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7/32', '192.0.2.7'],
    [' 192.0.2.0/24 ', '192.0.2.0/24'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['2001:db8::/128', '2001:db8::'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
  ] as const)
    assert.equal(read(text), `network ${wanted}`);
});

test('a slip in a network is no other network: forms that programs read differently, bits beyond the length, half the internet', () => {
  for (const text of [
    '192.0.2',
    '192.0.2.07',
    '0xc0000207',
    '3221225991',
    '192.0.2.0/24/8',
    '192.0.2.0/',
    '192.0.2.0/024',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '0.0.0.0/0',
    '10.0.0.0/7',
    '::/0',
    'fe80::1%eth0',
    '2001:db8::/129',
    'https://spam.example/',
  ])
    assert.equal(parseSubject(text).ok, false, text);
  assert.equal(
    read('192.0.2.7/24'),
    '192.0.2.0/24 is the network that 192.0.2.7 is in; write that.',
  );
});

test('domains become A-labels, ".domain" stands for all below it', () => {
  assert.equal(read('Spam.Example'), 'domain spam.example');
  assert.equal(read('.Spam.Example'), 'domain .spam.example');
  assert.equal(read('.top'), 'domain .top');
  assert.equal(read('例え.テスト'), 'domain xn--r8jz45g.xn--zckzah');
  for (const text of [
    '',
    'spam',
    '*.spam.example',
    '..example',
    'a b.example',
    '[192.0.2.1]',
    'x.1',
  ])
    assert.equal(parseSubject(text).ok, false, text);
});

test('senders are compared without case', () => {
  assert.equal(read('Ana.X@Spam.Example'), 'sender ana.x@spam.example');
  for (const text of ['@spam.example', 'ana@', 'a b@c.example', '<>', 'ana@b@c..'])
    assert.equal(parseSubject(text).ok, false, text);
});
