// The account book: what is durable, counted, told and refused.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { keptHash, PasswordHasher } from '../src/passwords/password-hasher.ts';
import { addPeople, anyHash, makeBook, openBook } from './book-for-tests.ts';

const ana = 'ana@example.test';

test('changes survive a restart, count the version up and call the listeners; passwords are not counted', async () => {
  await using made = await makeBook();
  const accounts = made.book;
  const { version, epoch } = accounts;
  let told = 0;
  accounts.onChange(() => (told += 1));
  await accounts.addAccount({ address: 'Ana@Example.Test', password: 'old', quotaBytes: 1000 });
  accounts.setState(ana, 'suspended');
  accounts.setQuota(ana, {});
  accounts.setAlias({ address: 'team@example.test', targets: [ana, 'Bob@Else.test', ana] });
  accounts.setCatchAll('example.test', ana);
  await accounts.setPassword(ana, 'new');
  assert.equal(accounts.version, version + 5);
  assert.equal(told, 5);
  const again = await made.reopen();
  assert.equal(again.version, version + 5);
  assert.equal(again.epoch, epoch);
  const { createdAtMs, ...rest } = again.account('ANA@example.test') ?? assert.fail();
  assert.ok(createdAtMs > 0);
  assert.deepEqual(rest, { address: ana, state: 'suspended' });
  assert.deepEqual(again.aliases('example.test'), [
    { address: 'team@example.test', targets: [ana, 'bob@else.test'] },
  ]);
  assert.deepEqual([...again.catchAlls()], [['example.test', ana]]);
  assert.deepEqual(again.accounts('else.test'), []);
  again.removeAlias('team@example.test');
  again.setCatchAll('example.test', undefined);
  again.removeAccount(ana);
  assert.deepEqual([again.accounts(), again.aliases(), [...again.catchAlls()]], [[], [], []]);
  assert.equal(again.version, version + 8);
});

test('the right password is right, every other is wrong, and an unknown person takes as long', async () => {
  await using made = await makeBook();
  const accounts = made.book;
  await accounts.addAccount({ address: ana, password: 'pässword' });
  assert.equal(await accounts.verifyPassword(ana, 'pässword'.normalize('NFD')), true);
  for (const wrong of ['', 'passwort', 'pässword ', 'x'.repeat(5000)])
    assert.equal(await accounts.verifyPassword(ana, wrong), false);
  assert.equal(await accounts.verifyPassword('nobody@example.test', 'pässword'), false);
  const [known, unknown] = [
    await medianMs(() => accounts.verifyPassword(ana, 'x')),
    await medianMs(() => accounts.verifyPassword('no@example.test', 'x')),
  ];
  assert.ok(unknown > known / 3 && unknown < known * 3, `${known} ms and ${unknown} ms`);
});

test('hashes are argon2id in PHC format with OWASP parameters, and Dovecot accepts them', async (context) => {
  const hash = await new PasswordHasher().hash('secret');
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.equal(keptHash(`{ARGON2ID}${hash}`), hash);
  for (const bad of [
    '',
    'secret',
    hash.replace('m=19456', 'm=9999999'),
    hash.replace('t=2', 't=99'),
    `${hash}$`,
  ]) {
    assert.equal(keptHash(bad), undefined, bad);
  }
  try {
    execFileSync('doveadm', ['pw', '-l'], { stdio: 'ignore' });
  } catch {
    context.diagnostic('Dovecot is not installed; its opinion was not asked.');
    return;
  }
  assert.match(
    execFileSync('doveadm', ['pw', '-t', `{ARGON2ID}${hash}`, '-p', 'secret'], {
      encoding: 'utf8',
    }),
    /verified/,
  );
});

test('refused with a name: what is there already, what is not, what is no address, what leads nowhere', async () => {
  await using made = await makeBook();
  await addPeople(made.book, 'ana');
  const accounts = made.book;
  const { version } = accounts;
  await assert.rejects(accounts.addAccount({ address: 'ANA@example.test', password: 'x' }), {
    code: 'ACCOUNT_EXISTS',
  });
  await assert.rejects(accounts.addAccount({ address: 'ana', password: 'x' }), {
    code: 'ADDRESS_INVALID',
  });
  await assert.rejects(accounts.addAccount({ address: 'bob@example.test', password: '' }), {
    code: 'PASSWORD_UNFIT',
  });
  await assert.rejects(
    accounts.addAccount({ address: 'bob@example.test', passwordHash: '{CRAM-MD5}x' }),
    { code: 'PASSWORD_HASH_UNFIT' },
  );
  await assert.rejects(accounts.setPassword('bob@example.test', 'x'), { code: 'ACCOUNT_UNKNOWN' });
  assert.throws(() => accounts.setState('bob@example.test', 'active'), { code: 'ACCOUNT_UNKNOWN' });
  assert.throws(() => accounts.removeAccount('bob@example.test'), { code: 'ACCOUNT_UNKNOWN' });
  assert.throws(() => accounts.setAlias({ address: 'x@example.test', targets: [] }), {
    code: 'ALIAS_EMPTY',
  });
  assert.throws(
    () => accounts.setAlias({ address: 'x@example.test', targets: ['X+1@example.test'] }),
    { code: 'ALIAS_LOOP' },
  );
  assert.throws(() => accounts.setCatchAll('no domain', ana), { code: 'ADDRESS_INVALID' });
  const both = ['c@example.test', 'ana@example.test'].map((address) => ({
    address,
    passwordHash: anyHash,
  }));
  await assert.rejects(accounts.addAccounts(both), { code: 'ACCOUNT_EXISTS' });
  assert.equal(accounts.account('c@example.test'), undefined, 'all or none');
  assert.equal(accounts.version, version);
});

test('what another process changed is seen within a second, and told', async () => {
  let monotonicMs = 0;
  const clock = {
    now: () => Date.now(),
    monotonicMs: () => monotonicMs,
    sleep: async () => undefined,
  };
  await using made = await makeBook({ clock });
  let told = 0;
  made.book.onChange(() => (told += 1));
  {
    await using other = openBook(made.dir);
    await addPeople(other, 'ana');
  }
  monotonicMs = 1001;
  assert.deepEqual(made.book.resolve(ana), [ana]);
  assert.equal(told, 1);
});

test('ten thousand accounts are added in one go and resolved at once', async () => {
  await using made = await makeBook();
  const startMs = performance.now();
  await addPeople(made.book, ...Array.from({ length: 10_000 }, (_, index) => `p${index}`));
  for (let index = 0; index < 10_000; index += 1)
    assert.equal(made.book.resolve(`P${index}+tag@example.test`).length, 1);
  assert.ok(performance.now() - startMs < 5000);
});

test('the file is private, and a damaged or newer one is refused by name', async () => {
  await using made = await makeBook();
  const path = join(made.dir, 'accounts.sqlite');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await made.book[Symbol.asyncDispose]();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  assert.throws(() => openBook(made.dir), { code: 'ACCOUNTS_TOO_NEW' });
  await writeFile(path, 'not a database at all, but long enough to be looked at'.repeat(100));
  assert.throws(() => openBook(made.dir), { code: 'ACCOUNTS_UNREADABLE' });
});

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 7; index += 1) {
    const startMs = performance.now();
    await work();
    times.push(performance.now() - startMs);
  }
  return times.sort((a, b) => a - b)[3] ?? 0;
}

test('what an account wants of filtering survives a restart and every other change; the same again is no change', async () => {
  await using made = await makeBook();
  await addPeople(made.book, 'ana', 'ben');
  const before = made.book.version;
  made.book.setFiltering('ana@example.test', { junk: 'folder', filtering: 'normal' });
  assert.equal(made.book.version, before);
  made.book.setFiltering('ana@example.test', { junk: 'inbox' });
  made.book.setFiltering('ana@example.test', { filtering: 'off' });
  made.book.setQuota('ana@example.test', { bytes: 7 });
  made.book.setState('ana@example.test', 'suspended');
  assert.equal(made.book.version, before + 4);
  const book = await made.reopen();
  const { createdAtMs: _when, ...ana } = book.account('ana@example.test') ?? {};
  assert.deepEqual(ana, {
    address: 'ana@example.test',
    state: 'suspended',
    quotaBytes: 7,
    junk: 'inbox',
    filtering: 'off',
  });
  assert.equal(book.account('ben@example.test')?.junk, undefined);
  book.setFiltering('ana@example.test', { junk: 'folder', filtering: 'normal' });
  assert.equal(book.account('ana@example.test')?.filtering, undefined);
  assert.equal(book.account('ana@example.test')?.quotaBytes, 7);
});
