import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeHeader } from './judge-header.ts';

const mine = new Set(['ana@x.test', 'info@x.test']);
const judge = (header: string) =>
  judgeHeader(Buffer.from(header), {
    account: 'ana@x.test',
    mayUse: (address) => mine.has(address),
  });
const replyTo = (header: string) => {
  const verdict = judge(header);
  return verdict.kind === 'fine' ? undefined : `${verdict.reply.code} ${verdict.reply.enhanced}`;
};

test('an account writes as any of its addresses, however they are written', () => {
  for (const from of [
    'ana@x.test',
    '<ana@x.test>',
    'Ana <ana@x.test>',
    '"Ana, of X" <info@X.test>',
    '=?utf-8?B?QW5h?= <ana@x.test> (at home)',
    '"bob@far.test by way of" <ana@x.test>',
    'Ana <ana@x.test>,\r\n info@x.test',
    'ana@x.test <ana@x.test>',
  ]) {
    assert.deepEqual(judge(`From: ${from}\r\n`).kind, 'fine', from);
  }
  assert.deepEqual(judge('From: Info <info@x.test>\r\nTo: b@far.test\r\n'), {
    kind: 'fine',
    author: 'info@x.test',
  });
  assert.deepEqual(judge('Subject: x\r\n'), { kind: 'fine' });
});

test('nobody writes as somebody else, in From or in Sender (threat 29)', () => {
  for (const header of [
    'From: bob@far.test\r\n',
    'From: Ana <bob@far.test>\r\n',
    'From: "ana@x.test" <bob@far.test>\r\n',
    'From: ana@x.test, bob@far.test\r\n',
    'From: bob@far.test <ana@x.test>\r\n',
    'From: <ana@x.test> bob@far.test\r\n',
    'From: (ana@x.test) bob@far.test\r\n',
    'From: ana@x.test\r\nSender: bob@far.test\r\n',
    'fRoM: <@ana@x.test:bob@far.test>\r\n',
  ]) {
    assert.match(replyTo(header) ?? 'fine', /^550 5\.(7\.1|6\.0)$/, header);
  }
});

test('an author nobody can read is refused (threat 28)', () => {
  for (const from of [
    '',
    'Ana',
    'Ana <>',
    'us: ana@x.test;',
    'ana@x.test@far.test',
    '"a b"@x.test',
  ]) {
    assert.equal(replyTo(`From: ${from}\r\n`), '550 5.6.0', from);
  }
});

test('a header that can be read in two ways is refused (RFC 5322 §3.6, threat 28)', () => {
  assert.equal(replyTo('From: ana@x.test\r\nFrom: bob@far.test\r\n'), '550 5.6.0');
  assert.equal(replyTo('From: ana@x.test\r\nSubject: a\r\nsubject: b\r\n'), '550 5.6.0');
  assert.equal(replyTo('From: ana@x.test\r\nno field here\r\n'), '550 5.6.0');
  assert.equal(replyTo('From : ana@x.test\r\n'), '550 5.6.0');
  assert.equal(replyTo(' From: ana@x.test\r\n'), '550 5.6.0');
  const verdict = judge('From: ana@x.test\r\nA: b\r\n c\r\n: d\r\n');
  assert.ok(verdict.kind === 'refused' && verdict.reply.text.includes('Line 4 '));
});

test('a hundred thousand addresses, quotes and brackets take linear time (threat 15)', () => {
  const started = performance.now();
  for (const piece of ['ana@x.test, ', '"', '(', '<', 'a', '\\"', '"x"@', '@', 'a@']) {
    judge(`From: ${piece.repeat(100_000)}\r\n`);
  }
  assert.ok(performance.now() - started < 2_000);
});
