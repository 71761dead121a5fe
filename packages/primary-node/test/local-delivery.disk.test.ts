// A home's own delivery on a real mailbox store and spool: who is somebody at RCPT is somebody at delivery, and circles end.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { MessageToDeliver } from '@restante/delivery';
import { type AccountBook, openAccountBook } from '@restante/accounts';
import { acceptVerdict } from '@restante/mail-model';
import { openMailboxStore, type MailboxStore } from '@restante/mailbox-store';
import { systemClock } from '@restante/runtime';
import { openSpool, type Spool } from '@restante/spool';
import { testSpoolOptions } from '@restante/spool/testing';
import { createForwarder, createLocalDeliverer, createOwnRecipients } from '../src/index.ts';

const domain = { name: 'here.test', tagSeparator: '+', isCaseSensitive: false };
const tagSeparatorOf = () => '+';
let dir: string;
let accounts: AccountBook;
let store: MailboxStore;
let spool: Spool;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'restante-home-'));
  accounts = openAccountBook({
    dir,
    clock: systemClock,
    tagSeparatorOf,
    isCaseSensitive: () => false,
  });
  store = openMailboxStore({ dir, hostname: 'mx.here.test', clock: systemClock, accounts });
  await store.accounts.addAccount({ address: 'ana@here.test', password: 'secret' });
  spool = await openSpool(testSpoolOptions(join(dir, 'spool')));
  await spool.loaded;
});
afterEach(async () => {
  await spool[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await accounts[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const listed = (address: string) =>
  createOwnRecipients({ site: 'here', domains: [domain], store, clock: systemClock }).list.lookup(
    address,
  ).kind;

async function deliver(
  recipient: string,
  more: Partial<MessageToDeliver> = {},
  text = 'Subject: x\r\n\r\nhello\r\n',
) {
  const timetable = { add: () => undefined } as unknown as Parameters<
    typeof createForwarder
  >[0]['timetable'];
  const deliverer = createLocalDeliverer({
    store,
    forward: createForwarder({ spool, timetable }),
    tagSeparatorOf,
    onEvent: () => undefined,
  });
  const message: MessageToDeliver = {
    id: 'm0000000000aaaaaaaaaaaaaa',
    messageId: 'm0000000000aaaaaaaaaaaaaa',
    envelope: {
      sender: 'x@stranger.test',
      recipients: [
        { address: recipient, notify: ['never'], originalRecipient: 'rfc822;first@here.test' },
      ],
      body: '7bit',
      smtpUtf8: false,
    },
    recipients: [recipient],
    origin: {
      site: 'us',
      clientAddress: '192.0.2.1',
      helo: 'x',
      protocol: 'ESMTP',
      receivedAtMs: 0,
    },
    verdict: acceptVerdict,
    fingerprint: 'f',
    replyUnconfirmed: false,
    path: ['us'],
    sizeBytes: text.length,
    sha256: 's',
    acceptedAtMs: Date.now(),
    body: async () => ({ kind: 'bytes', bytes: Buffer.from(text) }),
    ...more,
  };
  const [attempted] = await deliverer.attempt(message, new AbortController().signal);
  return attempted?.outcome;
}

for (const spelling of [
  'postmaster',
  'Postmaster',
  'postmaster+x',
  '"postmaster"',
  '"Postmaste\\r"',
]) {
  const address = `${spelling}@here.test`;
  test(`${address} is never taken at RCPT and bounced inside (RFC 5321 §4.5.1)`, async () => {
    assert.equal(listed(address), 'known');
    const outcome = await deliver(address);
    assert.equal(outcome?.kind, 'delivered', outcome?.reply.text ?? '');
  });
}

test('an office goes to the oldest account that can take mail: who complains of a suspended one is heard (RFC 2142)', async () => {
  const { accounts } = store;
  await accounts.addAccount({ address: 'bo@here.test', password: 'secret' });
  accounts.setState('ana@here.test', 'suspended');
  assert.equal((await deliver('abuse@here.test'))?.kind, 'delivered');
});

test('an alias or catch-all that leads to nobody is unknown at RCPT, as soon as its account is gone (law 4)', async () => {
  const { accounts } = store;
  await accounts.addAccount({ address: 'bo@here.test', password: 'secret' });
  accounts.setAlias({ address: 'team@here.test', targets: ['bo@here.test'] });
  accounts.setAlias({ address: 'both@here.test', targets: ['bo@here.test', 'ana@here.test'] });
  accounts.setAlias({ address: 'away@here.test', targets: ['bo@elsewhere.test'] });
  accounts.setAlias({ address: 'abuse@here.test', targets: ['postmaster@here.test'] });
  accounts.setCatchAll('here.test', 'bo@here.test');
  const people = ['team', 'both', 'away', 'anything'].map((name) => `${name}@here.test`);
  assert.deepEqual(people.map(listed), ['known', 'known', 'known', 'known']);
  accounts.removeAccount('bo@here.test');
  assert.deepEqual(people.map(listed), ['unknown', 'known', 'known', 'unknown']);
  assert.equal(
    (await deliver('postmaster@here.test'))?.kind,
    'delivered',
    'not to a catch-all that is nobody',
  );
  accounts.setCatchAll('here.test', undefined);
  assert.equal(listed('abuse@here.test'), 'known');
});

test('a forwarded copy says where it was delivered and where it has been, and keeps what its sender wants to hear', async () => {
  store.accounts.setAlias({ address: 'away@here.test', targets: ['bo@elsewhere.test'] });
  assert.equal((await deliver('away@here.test'))?.kind, 'delivered');
  const [entry] = spool.list();
  const { message, body } = (await spool.readWithBody(entry?.id ?? '')) ?? assert.fail();
  assert.deepEqual(message.envelope.recipients, [
    {
      address: 'bo@elsewhere.test',
      notify: ['never'],
      originalRecipient: 'rfc822;first@here.test',
    },
  ]);
  assert.deepEqual(message.path, ['us']);
  const text = body.kind === 'bytes' ? body.bytes.toString() : '';
  assert.match(text, /^Delivered-To: away@here\.test\r\n/);

  // The circle closes: elsewhere sends it back.
  const again = await deliver('away@here.test', {}, text);
  assert.deepEqual([again?.kind, again?.reply.enhanced], ['rejected', '5.4.6']);
});

test('what was judged to be spam goes to Junk, of whoever wants that', async () => {
  const verdict = { action: 'tag', reasons: [], spam: 'likely' } as const;
  const inFolder = async (name: string) => {
    const mailbox = await store.mailbox('ana@here.test');
    return (await mailbox?.status(name))?.messages;
  };
  await deliver('ana@here.test', { verdict });
  assert.deepEqual([await inFolder('Junk'), await inFolder('INBOX')], [1, 0]);
  store.accounts.setFiltering('ana@here.test', { junk: 'inbox' });
  await deliver('ana@here.test', { verdict, messageId: 'm0000000000bbbbbbbbbbbbbb' });
  await deliver('ana@here.test', { messageId: 'm0000000000cccccccccccccc' });
  assert.deepEqual([await inFolder('Junk'), await inFolder('INBOX')], [1, 2]);
});

test('who wants no filtering is published so; an alias when all behind it want none', async () => {
  const { accounts } = store;
  await accounts.addAccount({ address: 'bo@here.test', password: 'secret' });
  accounts.setAlias({ address: 'team@here.test', targets: ['ana@here.test', 'bo@here.test'] });
  accounts.setAlias({ address: 'away@here.test', targets: ['ana@elsewhere.test'] });
  accounts.setFiltering('ana@here.test', { filtering: 'off' });
  const filteringOf = (local: string) => {
    const { list } = createOwnRecipients({
      site: 'here',
      domains: [domain],
      store,
      clock: systemClock,
    });
    const answer = list.lookup(`${local}@here.test`);
    return answer.kind === 'known' ? answer.filtering : answer.kind;
  };
  const people = ['ana', 'ana+x', 'bo', 'team', 'away'];
  assert.deepEqual(people.map(filteringOf), ['off', 'off', undefined, undefined, undefined]);
  accounts.setFiltering('bo@here.test', { filtering: 'off' });
  assert.deepEqual(people.map(filteringOf), ['off', 'off', 'off', 'off', undefined]);
});
