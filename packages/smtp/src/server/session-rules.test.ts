// The small pure rules: deadlines, counting of addresses, replies on the wire, which replies were read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import { addressKey, AddressCount } from './address-count.ts';
import { overdue, sweepIntervalMs } from './deadlines.ts';
import type { EdgeLimits } from './edge.ts';
import { formatWireReply } from './format-wire-reply.ts';
import { ReplyWatch } from './reply-watch.ts';
import { replies } from './replies.ts';

const limits = { idleTimeoutMs: 1_000, sessionMaxMs: 10_000, dataMaxMs: 5_000 } as EdgeLimits;
const fresh = {
  isPeer: false,
  openedMs: 0,
  waitingSinceMs: 0,
  bodySinceMs: undefined,
  handshakeSinceMs: undefined,
  isHostBusy: false,
};

test('a command that is not complete in time ends the session, however it trickles (threat 13)', () => {
  assert.equal(overdue(fresh, limits, 1_000), undefined);
  assert.equal(overdue(fresh, limits, 1_001), replies.idle);
});

test('a body has its own deadline, a session has one however busy it is', () => {
  const inBody = { ...fresh, bodySinceMs: 500 };
  assert.equal(overdue(inBody, limits, 5_500), undefined);
  assert.equal(overdue(inBody, limits, 5_501), replies.messageTooSlow);
  const busy = { ...fresh, waitingSinceMs: 10_000 };
  assert.equal(overdue(busy, limits, 10_001), replies.sessionTooLong);
  assert.equal(overdue({ ...busy, isPeer: true }, limits, 10_001), undefined);
});

test('the time the host takes is not the fault of the client', () => {
  assert.equal(overdue({ ...fresh, isHostBusy: true }, limits, 99_999), undefined);
});

test('the sweep is finer than the smallest deadline', () => {
  assert.equal(sweepIntervalMs(limits), 250);
  assert.equal(
    sweepIntervalMs({ ...limits, idleTimeoutMs: 300_000, sessionMaxMs: 9e9, dataMaxMs: 9e9 }),
    1_000,
  );
});

test('an IPv6 client is counted by its /64', () => {
  assert.equal(addressKey('192.0.2.1'), '192.0.2.1');
  assert.equal(addressKey('2001:db8:0:1::5'), '2001:db8:0:1');
  assert.equal(addressKey('2001:db8:0:1:9:9:9:9'), '2001:db8:0:1');
  assert.equal(addressKey('::1'), '0:0:0:0');
  const count = new AddressCount();
  assert.equal(count.add('2001:db8::1'), 1);
  assert.equal(count.add('2001:db8::2'), 2);
  count.remove('2001:db8::1');
  count.remove('2001:db8::2');
  assert.equal(count.add('2001:db8::3'), 1);
});

test('a reply is one reply, whatever its text holds (threat 10)', () => {
  const plain = { mayUseUtf8: false };
  assert.equal(formatWireReply(replies.senderOk, plain), '250 2.1.0 Sender ok\r\n');
  assert.equal(
    formatWireReply(smtpReply(550, '5.1.1', 'no\nreally\r550 no\u00e9'), plain),
    '550-5.1.1 no\r\n550 5.1.1 really?550 no?\r\n',
  );
  assert.equal(
    formatWireReply(smtpReply(550, '5.1.1', 'Zo\u00eb'), { mayUseUtf8: true }),
    '550 5.1.1 Zo\u00eb\r\n',
  );
  assert.ok(formatWireReply(smtpReply(550, '5.1.1', 'x'.repeat(2_000)), plain).length <= 512);
});

test('a reply was read when a command came behind all that had arrived when it was written (RFC 1047)', () => {
  const calls: string[] = [];
  const answer = (name: string) => ({
    reply: replies.done,
    onReplySeen: () => calls.push(`${name} seen`),
    onReplyLost: () => calls.push(`${name} lost`),
  });
  const watch = new ReplyWatch();
  watch.add(answer('first'));
  watch.commandAfter(100);
  assert.deepEqual(calls, [], 'not written yet');
  watch.written(100);
  watch.commandAfter(99);
  assert.deepEqual(calls, [], 'was here before');
  watch.commandAfter(100);
  watch.add(answer('second'));
  watch.written(150);
  watch.close();
  watch.close();
  assert.deepEqual(calls, ['first seen', 'second lost']);
});
