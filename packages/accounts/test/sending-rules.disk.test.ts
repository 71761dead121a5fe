// Who may not send, and who may send how much: durable, told apart from who exists.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPeople, makeBook, openBook } from './book-for-tests.ts';
import { from, makeLogins } from './logins-for-tests.ts';

const ana = 'ana@example.test';

test('a suspension from sending is durable, says why and since when, and is no change of who exists', async () => {
  await using made = await makeBook();
  await addPeople(made.book, 'ana', 'bob');
  const { version } = made.book;
  const { suspension, state } = made.book.sending.suspend(ana, {
    scope: 'sending',
    reason: 'a password\r\nwas stolen',
    by: 'watch',
  });
  assert.equal(state, 'active');
  assert.equal(suspension?.reason, 'a password was stolen');
  assert.ok((suspension?.sinceMs ?? 0) > 0);
  assert.equal(made.book.version, version);
  const again = await made.reopen();
  assert.deepEqual(again.account(ana)?.suspension, suspension);
  assert.deepEqual([...again.sending.stops()], [[ana, suspension]]);
  assert.equal(again.sending.stopOf('bob@example.test'), undefined);
  assert.equal(again.setState(ana, 'active'), undefined);
  assert.deepEqual(again.sending.stopOf(ana), suspension, 'being active is about getting mail');
  assert.deepEqual(again.sending.resume(ana), suspension);
  assert.equal(again.sending.resume(ana), undefined);
  assert.equal((await made.reopen()).sending.stopOf(ana), undefined);
});

test('suspended again it is never less than before, and the word of a person stays', async () => {
  await using made = await makeBook();
  await addPeople(made.book, 'ana');
  const { sending } = made.book;
  sending.suspend(ana, { scope: 'all', reason: 'not paid', by: 'operator' });
  assert.equal(made.book.account(ana)?.state, 'suspended');
  sending.suspend(ana, { scope: 'sending', reason: '105 points', by: 'watch' });
  const { suspension } = sending.suspend(ana, {
    scope: 'sending',
    reason: '',
    by: 'operator',
    isConfirmedSpammer: true,
  });
  assert.deepEqual(
    [suspension?.scope, suspension?.reason, suspension?.by, suspension?.isConfirmedSpammer],
    ['all', 'not paid', 'operator', true],
  );
  sending.resume(ana);
  assert.equal(made.book.account(ana)?.state, 'active');
  assert.equal(made.book.account(ana)?.suspension, undefined);
});

test('an account suspended the old way may not send either', async () => {
  await using made = await makeBook();
  await addPeople(made.book, 'ana');
  made.book.setState(ana, 'suspended');
  assert.equal(made.book.sending.stopOf(ana)?.scope, 'all');
  made.book.setState(ana, 'active');
  assert.equal(made.book.sending.stopOf(ana), undefined);
});

test('limits of its own are kept beside quota and state', async () => {
  await using made = await makeBook();
  await addPeople(made.book, 'ana');
  made.book.sending.setLimits(ana, { recipientsPerDay: 9_000 });
  made.book.setQuota(ana, { bytes: 5 });
  made.book.sending.suspend(ana, { scope: 'sending', reason: 'x', by: 'operator' });
  const { sendLimits, quotaBytes } = (await made.reopen()).account(ana) ?? assert.fail();
  assert.deepEqual([sendLimits, quotaBytes], [{ recipientsPerDay: 9_000 }, 5]);
  made.book.sending.setLimits(ana, {});
  assert.equal((await made.reopen()).account(ana)?.sendLimits, undefined);
});

test('another process sees it within a second, and neither writes over the other', async () => {
  await using made = await makeBook();
  await addPeople(made.book, 'ana');
  await using other = openBook(made.dir);
  other.setQuota(ana, { bytes: 7 });
  made.book.sending.suspend(ana, { scope: 'sending', reason: 'x', by: 'operator' });
  assert.equal(made.book.account(ana)?.quotaBytes, 7);
  const deadlineMs = performance.now() + 30_000;
  while (other.sending.stopOf(ana) === undefined && performance.now() < deadlineMs)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(other.sending.stopOf(ana)?.reason, 'x');
  made.book.removeAccount(ana);
  await addPeople(made.book, 'ana');
  assert.equal(made.book.account(ana)?.suspension, undefined);
});

test('who may not send still reads, and hears why when he sends; suspended from everything he does not come in', async () => {
  await using made = await makeLogins();
  await made.book.addAccount({ address: ana, password: 'secret-1' });
  const logIn = async (protocol: 'imap' | 'submission') =>
    (await made.logins.credentialsFor(from('192.0.2.7', protocol)).verifyPassword(ana, 'secret-1'))
      .kind;
  made.book.sending.suspend(ana, { scope: 'sending', reason: 'x', by: 'watch' });
  assert.deepEqual([await logIn('imap'), await logIn('submission')], ['in', 'in']);
  made.book.sending.suspend(ana, { scope: 'all', reason: 'x', by: 'operator' });
  assert.deepEqual([await logIn('imap'), await logIn('submission')], ['suspended', 'suspended']);
  made.book.sending.resume(ana);
  assert.equal(await logIn('imap'), 'in');
});
