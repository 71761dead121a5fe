import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import type { MatchFacts, OperatorEntry } from './operator-lists/operator-lists.ts';
import type { Transaction } from './transaction.ts';
import { createStrangerJudge, type StrangerJudgeParts } from './stranger-judge.ts';

const friend: OperatorEntry = {
  id: 'x',
  list: 'allow',
  subject: { kind: 'sender', address: 'friend@far.test' },
  for: 'ana@here.test',
  reason: 'a friend',
  author: 'ana',
  createdAtMs: 0,
  changedAtMs: 0,
};

const content = 'From: <friend@far.test>\r\nSubject: x\r\n';

/** Refuses every content; ana has allowed friend@far.test, postmaster wants everything. */
function aStrictSite() {
  const asked: MatchFacts[] = [];
  const rules = {
    lists: { address: async () => [], domain: async () => [] },
    subjectMark: '',
    senderChecks: [],
    recipientChecks: [],
    contentChecks: [
      {
        name: 'spam-score',
        needs: 'content',
        budgetMs: 1000,
        judge: () => ({ action: 'refuse', detail: 'no', reply: smtpReply(550, '5.7.1', 'no') }),
      },
    ],
  };
  const parts = {
    hostname: 'mx.here.test',
    ownNames: ['mx.here.test'],
    tools: {
      spf: { check: async () => ({ result: 'none', identity: 'mailfrom', domain: 'far.test' }) },
      reverseNames: { check: async () => ({ result: 'none', problem: 'none' }) },
    },
    rules: [rules],
    dkim: { verify: async () => [] },
    arc: { verify: async () => ({ result: 'none', instances: 0, sealers: [], results: [] }) },
    dmarc: {
      check: async () => ({
        result: 'none',
        fromDomain: 'far.test',
        policy: 'none',
        alignedBy: [],
      }),
    },
    sealsFor: () => undefined,
    operatorLists: {
      match: (facts: MatchFacts) => {
        asked.push(facts);
        const isHers = facts.sender === 'friend@far.test' && facts.recipient === friend.for;
        return isHers ? [friend] : [];
      },
    },
    profileOf: (recipient: string) => ({
      rules,
      name: recipient.startsWith('postmaster@') ? 'unfiltered' : 'normal',
      isFiltered: !recipient.startsWith('postmaster@'),
      tagPoints: 0,
      definitePoints: 0,
      refusePoints: 0,
    }),
    isHomeAway: () => false,
    nextId: () => 'decision',
    onEvent: () => undefined,
    clock: systemClock,
  };
  const judge = createStrangerJudge(parts as unknown as StrangerJudgeParts);
  const session = { remoteAddress: '192.0.2.7', helo: 'far.test', notes: new Map() };
  return {
    asked,
    mail: (sender: string) => judge.beginSender(session, sender),
    rcpt: async (to: string) => (await judge.judgeRecipient(session, to))?.code,
    data: async (to: readonly string[], header = content) => {
      const message = {
        id: 'message',
        header: Buffer.from(header),
        body: () => [Buffer.from('x\r\n')],
        bodyBytes: 3,
        trace: () => 'Received: x\r\n',
      };
      return (await judge.beginContent(session, to).judge(message)).kind;
    },
    transaction: () => session.notes.get('judged') as Transaction,
  };
}

test('a friend of one recipient comes in a transaction of its own: neither decides for the other', async () => {
  for (const to of [
    ['ana@here.test', 'bo@here.test'],
    ['bo@here.test', 'ana@here.test'],
  ]) {
    const site = aStrictSite();
    site.mail('friend@far.test');
    assert.deepEqual(
      [await site.rcpt(to[0] ?? ''), await site.rcpt(to[1] ?? '')],
      [undefined, 452],
    );
    assert.equal(await site.data(to.slice(0, 1)), to[0] === friend.for ? 'taken' : 'refused');
  }
});

test('the rules of the first recipient do not outlive his transaction', async () => {
  const site = aStrictSite();
  site.mail('x@far.test');
  assert.equal(await site.rcpt('postmaster@here.test'), undefined);
  assert.equal(await site.rcpt('bo@here.test'), 452);
  site.mail('x@far.test');
  assert.equal(await site.rcpt('bo@here.test'), undefined);
  assert.equal(site.transaction().profile?.name, 'normal');
  assert.equal(await site.data(['bo@here.test']), 'refused');
});

test('many recipients and many authors do not multiply: lists are asked until one recipient wants nothing', async () => {
  const site = aStrictSite();
  const to = Array.from({ length: 1000 }, (_, index) => `p${index}@here.test`);
  const authors = Array.from({ length: 40 }, (_, index) => `<a${index}@far.test>`).join(', ');
  site.mail('x@far.test');
  assert.equal(await site.rcpt(to[0] ?? ''), undefined);
  const before = site.asked.length;
  await site.data(to, `From: ${authors}\r\n`);
  assert.ok(site.asked.length - before <= 51, `${site.asked.length - before}`);
});
