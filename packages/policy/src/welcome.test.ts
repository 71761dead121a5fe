import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperatorEntry } from './operator-lists/operator-lists.ts';
import { isWelcomeContent, isWelcomeSender } from './welcome.ts';

const entry = (subject: OperatorEntry['subject'], list: OperatorEntry['list'] = 'allow') => ({
  id: 'x',
  list,
  subject,
  reason: 'a friend',
  author: 'ana',
  createdAtMs: 0,
  changedAtMs: 0,
});
const byName = entry({ kind: 'sender', address: 'friend@far.test' });
const byNetwork = entry({ kind: 'network', network: '192.0.2.0/24' });
const spf = (result: 'pass' | 'fail' | 'softfail' | 'none' | 'temperror') => async () => ({
  result,
  identity: 'mailfrom' as const,
  domain: 'far.test',
});
const dmarc = (result: 'pass' | 'fail' | 'none') => async () => ({
  result,
  fromDomain: 'far.test',
  policy: 'none' as const,
  alignedBy: [],
});

const welcomesBy = (by: 'sender' | 'author', each: OperatorEntry[][]) =>
  each.map((entries) => entries.map((one) => ({ entry: one, by })));

test('a friend who is written down is welcome, his name in the mouth of another is not', async () => {
  assert.equal(await isWelcomeSender(byName, { spf: spf('pass') }), true);
  assert.equal(await isWelcomeSender(byName, { spf: spf('none') }), true);
  assert.equal(await isWelcomeSender(byName, { spf: spf('fail') }), false);
  assert.equal(await isWelcomeSender(byName, { spf: spf('softfail') }), false);
  assert.equal(await isWelcomeSender(byNetwork, { spf: spf('fail') }), true, 'addresses hold');
  assert.equal(await isWelcomeSender(undefined, { spf: spf('pass') }), false);
  const blocked = entry(byName.subject, 'block');
  assert.equal(await isWelcomeSender(blocked, { spf: spf('pass') }), false);
});

test('content is welcome when it is for every recipient, and nothing says that it is forged', async () => {
  const welcome = (welcomes: OperatorEntry[][], by: 'pass' | 'fail' | 'none') =>
    isWelcomeContent({
      welcomes: welcomesBy('author', welcomes),
      spf: spf('none'),
      dmarc: dmarc(by),
    });
  assert.equal(await welcome([[byName]], 'pass'), true);
  assert.equal(await welcome([[byName]], 'none'), true);
  assert.equal(await welcome([[byName]], 'fail'), false);
  assert.equal(await welcome([[byName, byNetwork]], 'fail'), true);
  assert.equal(await welcome([[byName], []], 'pass'), false);
  assert.equal(await welcome([], 'pass'), false);
});

test('SPF shows that a mailing list is itself, whomever it quotes; DMARC that an author is, whoever forwards him', async () => {
  const welcome = (
    by: 'sender' | 'author',
    found: 'pass' | 'fail' | 'none',
    aligned: 'pass' | 'fail',
  ) =>
    isWelcomeContent({
      welcomes: welcomesBy(by, [[byName]]),
      spf: spf(found),
      dmarc: dmarc(aligned),
    });
  assert.equal(await welcome('sender', 'pass', 'fail'), true);
  assert.equal(await welcome('sender', 'none', 'fail'), false);
  assert.equal(await welcome('author', 'pass', 'fail'), false);
  assert.equal(await welcome('author', 'fail', 'pass'), true);
});
