import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import type { DeliveryOutcome, RestanteEvent } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { messageFor, never } from '../../test/sample.ts';
import type { AttemptedRecipient } from '../deliverer.ts';
import type { MessageToDeliver } from '../message-to-deliver.ts';
import { createAlternateExit } from './alternate-exit.ts';

type Answer = Omit<AttemptedRecipient, 'recipient'>;

const taken: Answer = {
  outcome: { kind: 'delivered', reply: smtpReply(250, '2.0.0', 'ok'), by: 'x' },
};
const deferred = (cause: Extract<DeliveryOutcome, { kind: 'deferred' }>['cause']): Answer => ({
  outcome: { kind: 'deferred', reply: smtpReply(451, '4.4.1', 'no'), cause },
});
const unreachable: Answer = { ...deferred('next-hop-unreachable'), isUnreachable: true };
const refused: Answer = {
  outcome: { kind: 'rejected', reply: smtpReply(550, '5.7.1', 'no'), by: 'x' },
};

function exits(own: { answer: Answer }, peer: { answer: Answer; isOpen?: boolean }) {
  const at = { nowMs: 0 };
  const went: string[] = [];
  const events: RestanteEvent[] = [];
  const through = (name: string, by: { answer: Answer }) => ({
    attempt: async (message: MessageToDeliver) => {
      went.push(
        `${name}${message.isOnward === true ? ' onward' : ''} ${message.recipients.join()}`,
      );
      return message.recipients.map((recipient) => ({ recipient, ...by.answer }));
    },
    [Symbol.asyncDispose]: async () => undefined,
  });
  const deliverer = createAlternateExit({
    own: through('own', own),
    peers: [{ site: 'us', hop: through('us', peer), isOpen: () => peer.isOpen !== false }],
    failuresMin: 2,
    afterMs: 1000,
    memoryMs: 10_000,
    onEvent: (event) => events.push(event),
    clock: { ...systemClock, monotonicMs: () => at.nowMs },
  });
  const send = async (path: readonly string[] = []) => {
    const outcomes = await deliverer.attempt(messageFor(['a@far.test'], { path }), never);
    assert.equal(outcomes.length, 1);
    return outcomes[0]?.outcome.kind;
  };
  return { at, went, events, send, deliverer };
}

test('when nobody was reached often and long enough, mail leaves through the peer, and stays there for a while', async () => {
  const own = { answer: unreachable };
  const { at, went, events, send } = exits(own, { answer: taken });
  assert.equal(await send(), 'deferred');
  at.nowMs = 1000;
  assert.equal(await send(), 'delivered');
  assert.equal(await send(), 'delivered');
  assert.deepEqual(went, [
    'own a@far.test',
    'own a@far.test',
    'us onward a@far.test',
    'us onward a@far.test',
  ]);
  // The way is free again: one message finds out, the next ones follow.
  own.answer = taken;
  at.nowMs = 12_000;
  await send();
  await send();
  assert.deepEqual(went.slice(4), ['own a@far.test', 'own a@far.test']);
  assert.deepEqual(
    events.flatMap((event) => (event.name === 'exit.changed' ? [event.to] : [])),
    ['peer', 'own'],
  );
});

test('an answer, whatever it says, is no reason to go another way', async () => {
  for (const answer of [
    deferred('next-hop-asked-to-wait'),
    deferred('tls-not-available'),
    deferred('next-hop-unreachable'),
    refused,
  ]) {
    const { at, went, send } = exits({ answer }, { answer: taken });
    for (at.nowMs = 0; at.nowMs < 5000; at.nowMs += 1000) await send();
    assert.ok(went.every((where) => where.startsWith('own')));
  }
});

test('never back to a site that the message has passed', async () => {
  const { at, went, send } = exits({ answer: unreachable }, { answer: taken });
  for (at.nowMs = 0; at.nowMs < 5000; at.nowMs += 1000)
    assert.equal(await send(['us']), 'deferred');
  assert.ok(went.every((where) => where.startsWith('own')));
});

test('what the peer does not want is not bounced: our own exit goes on trying', async () => {
  for (const answer of [refused, unreachable, deferred('next-hop-asked-to-wait')]) {
    const { at, send, went } = exits({ answer: unreachable }, { answer });
    await send();
    at.nowMs = 1000;
    assert.equal(await send(), 'deferred');
    assert.equal(went.at(-1), 'us onward a@far.test');
    await send();
    assert.equal(went.at(-2), 'own a@far.test');
  }
});

test('a hand-over that may have happened is repeated with the peer, not sent by our own exit too', async () => {
  const peer = { answer: taken };
  const { at, send, went } = exits({ answer: unreachable }, peer);
  await send();
  at.nowMs = 1000;
  peer.answer = deferred('connection-lost');
  assert.equal(await send(), 'deferred');
  assert.equal(await send(), 'deferred');
  peer.answer = taken;
  assert.equal(await send(), 'delivered');
  assert.deepEqual(
    went.slice(2),
    Array.from({ length: 3 }, () => 'us onward a@far.test'),
  );
});

test('a peer that died behind the last byte may have the message: nobody gets it a second time from here', async () => {
  const own = { answer: unreachable };
  const peer: { answer: Answer; isOpen?: boolean } = { answer: deferred('connection-lost') };
  const { at, went, send } = exits(own, peer);
  await send();
  at.nowMs = 1000;
  assert.equal(await send(), 'deferred');
  own.answer = taken;
  // The peer is seen to be away, or is tried and not reached: that says nothing about the message.
  peer.isOpen = false;
  assert.equal(await send(), 'deferred');
  peer.isOpen = true;
  peer.answer = unreachable;
  assert.equal(await send(), 'deferred');
  assert.deepEqual(went.slice(3), ['us onward a@far.test']);
  // It is back and knows the message.
  peer.answer = taken;
  assert.equal(await send(), 'delivered');
  assert.equal(went.filter((way) => way.startsWith('own')).length, 2);
});

test('a peer that comes back and refuses what it may have had gives it back to our own exit', async () => {
  const own = { answer: unreachable };
  const peer: { answer: Answer } = { answer: deferred('connection-lost') };
  const { at, went, send } = exits(own, peer);
  await send();
  at.nowMs = 1000;
  await send();
  own.answer = taken;
  peer.answer = refused;
  assert.equal(await send(), 'delivered');
  assert.deepEqual(went.slice(3), ['us onward a@far.test', 'own a@far.test']);
});

test('a peer that never comes back does not keep the message for ever', async () => {
  const own = { answer: unreachable };
  const peer: { answer: Answer; isOpen?: boolean } = { answer: deferred('connection-lost') };
  const { at, send } = exits(own, peer);
  await send();
  at.nowMs = 1000;
  await send();
  own.answer = taken;
  peer.isOpen = false;
  at.nowMs = 12_000;
  assert.equal(await send(), 'delivered');
});
