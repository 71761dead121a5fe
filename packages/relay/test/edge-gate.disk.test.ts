// What a stranger is told at the end of data, and what a full or broken report does to others; on a real spool.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { RecipientList } from '@restante/recipients';
import type { EdgeSession, MailCommand } from '@restante/smtp';
import { createGate } from '../src/index.ts';
import { createDelayNotices } from '../src/delay-notices.ts';
import { startTestRelay, storeLetter, type TestRelay } from './relay-for-tests.ts';

let dir: string;
let relay: TestRelay;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'restante-gate-'));
  relay = await startTestRelay({ dir });
});
afterEach(async () => {
  await relay[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

async function send(
  to: string,
  text: string,
): Promise<{ readonly code: number; readonly text: string }> {
  const gate = createGate({
    ...relay.parts,
    guard: {
      judgeConnection: () => undefined,
      judgeMessage: () => undefined,
      judgeRecipient: () => undefined,
      noteUnknownRecipient: () => undefined,
    },
    held: { dir: join(dir, 'held'), memoryMaxBytes: 65_536 },
    receivedMax: 100,
    listFor: () =>
      ({ lookup: () => ({ kind: 'known' }), snapshot: undefined }) satisfies RecipientList,
    schedule: () => undefined,
    startDrain: () => 0,
  });
  const session = {
    remoteAddress: '192.0.2.1',
    helo: 'stranger.test',
    protocol: 'ESMTP',
    notes: new Map(),
  } as unknown as EdgeSession;
  const mail = {
    sender: 'bo@us.test',
    body: '7bit',
    smtpUtf8: false,
  } as const satisfies MailCommand;
  const sink = await gate.beginMessage(session, {
    mail,
    envelope: { ...mail, recipients: [{ address: to }] },
  });
  assert.ok('commit' in sink);
  await sink.write(Buffer.from(text));
  return (await sink.commit()).reply;
}

for (const to of ['ana@here.test', 'ana@us.test']) {
  test(`a Delivered-To that a stranger wrote himself gets no report out of us: refused at the end of data for ${to}`, async () => {
    const reply = await send(to, `Subject: hi\r\nDelivered-To: ${to.toUpperCase()}\r\n\r\nx\r\n`);
    assert.equal(reply.code, 554);
    assert.equal(relay.spool.stats().messages, 0);
    assert.equal(
      (await send(to, 'Subject: hi\r\nDelivered-To: else@here.test\r\n\r\nx\r\n')).code,
      250,
      'somebody else may have passed it on',
    );
  });
}

test('two alarms of one device without a Message-ID are two messages', async () => {
  const alarm = 'Subject: UPS on battery\r\n\r\nAlarm\r\n';
  await send('ana@here.test', alarm);
  const [entry] = relay.spool.list();
  assert.equal((await relay.spool.read(entry?.id ?? ''))?.isIdentifiable, false);
});

test('a notice of delay that cannot be written keeps no other one back, and comes once', async () => {
  const own = ['bo@us.test', 'cy@us.test', 'di@us.test'];
  for (const from of own) await storeLetter(relay, { from, to: ['ana@here.test'] });
  await storeLetter(relay, { to: ['ana@here.test'] });
  relay.nowMs += 5 * 3_600_000;
  const [first] = relay.spool.list();
  let isBroken = true;
  const spool = new Proxy(relay.spool, {
    get(target, name) {
      if (name === 'body')
        return async (id: string) =>
          isBroken && id === first?.id ? Promise.reject(new Error('EIO')) : target.body(id);
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const notices = createDelayNotices({ ...relay.parts, spool });
  const told = () => relay.events.filter(({ name }) => name === 'message.bounced').length;
  await notices.sweep();
  assert.equal(told(), 2, 'a stranger is not told');
  isBroken = false;
  await notices.sweep();
  await notices.sweep();
  assert.equal(told(), 3);
  // After a restart everything is looked at again.
  await createDelayNotices(relay.parts).sweep();
  assert.equal(told(), 3);
});
