// An account that is removed or suspended while its owner is logged in, and a mailbox the store has let go of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ana, letter, startImapSite } from './imap-site.ts';

test('whose account is suspended is sent away, idling or at the next command (RFC 3501 §7.1.5)', async () => {
  await using site = await startImapSite();
  await using idling = await site.enter();
  await using busy = await site.enter();
  await idling.ok('SELECT INBOX');
  idling.write('i IDLE\r\n');
  await idling.until(/^\+ /);
  site.accounts.setState(ana.address, 'suspended');
  busy.write('b SELECT INBOX\r\n');
  assert.match(await busy.rest(), /^\* BYE This account was closed\.\r\n$/);
  assert.match(await idling.rest(), /\* BYE This account was closed\.\r\n$/);
  assert.deepEqual(site.failures, []);
});

test('whose account is removed is sent away, idling, waiting or while a message is sent', async () => {
  await using site = await startImapSite();
  await using idling = await site.enter();
  await using waiting = await site.enter();
  await using sending = await site.enter();
  await idling.ok('SELECT INBOX');
  idling.write('i IDLE\r\n');
  await idling.until(/^\+ /);
  const message = letter('late');
  sending.write(`s APPEND INBOX {${message.length}}\r\n`);
  await sending.until(/^\+ /);
  site.accounts.removeAccount(ana.address);
  sending.write(`${message}\r\n`);
  for (const client of [sending, idling, waiting]) {
    assert.match(await client.rest(), /\* BYE This account was closed\.\r\n$/);
  }
});
