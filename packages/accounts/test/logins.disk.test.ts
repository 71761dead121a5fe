// Who may come in: verdicts, app passwords, upgrades, the audit log.
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { test } from 'node:test';
import { createSaslExchange } from '@restante/sasl';
import { from, makeLogins } from './logins-for-tests.ts';
import { scramLogin } from './scram-client.ts';

const ana = 'ana@example.test';
const isIn = { kind: 'in', account: ana };

test('PLAIN, LOGIN and SCRAM let the right person in, in any spelling of her name', async () => {
  await using made = await makeLogins();
  await made.book.addAccount({ address: ana, password: 'pässword' });
  const credentials = made.logins.credentialsFor(from('192.0.2.7'));
  const plain = createSaslExchange('PLAIN', { credentials });
  assert.deepEqual(await plain?.next(Buffer.from(`\0Ana@Example.Test\0pässword`)), {
    kind: 'end',
    verdict: isIn,
  });
  assert.deepEqual(await scramLogin(credentials, ana, 'pässword'), isIn);
  assert.deepEqual(await scramLogin(credentials, ana.toUpperCase(), 'pässword'), isIn);
  assert.deepEqual(await scramLogin(credentials, ana, 'wrong'), { kind: 'refused' });
  assert.deepEqual(await scramLogin(credentials, 'nobody@example.test', 'x'), { kind: 'refused' });
  assert.deepEqual(await credentials.verifyPassword(ana, 'wrong'), { kind: 'refused' });
  assert.deepEqual(await credentials.verifyPassword('nobody@example.test', 'pässword'), {
    kind: 'refused',
  });
});

test('a suspended account hears of it only with the right password', async () => {
  await using made = await makeLogins();
  await made.book.addAccount({ address: ana, password: 'secret-1' });
  made.book.setState(ana, 'suspended');
  const credentials = made.logins.credentialsFor(from('192.0.2.7'));
  assert.deepEqual(await credentials.verifyPassword(ana, 'secret-1'), { kind: 'suspended' });
  assert.deepEqual(await scramLogin(credentials, ana, 'secret-1'), { kind: 'suspended' });
  assert.deepEqual(await credentials.verifyPassword(ana, 'wrong'), { kind: 'refused' });
});

test('a new password holds at once, for PLAIN and for SCRAM', async () => {
  await using made = await makeLogins();
  await made.book.addAccount({ address: ana, password: 'secret-1' });
  const credentials = made.logins.credentialsFor(from('192.0.2.7'));
  assert.deepEqual(await credentials.verifyPassword(ana, 'secret-1'), isIn);
  await made.book.setPassword(ana, 'secret-2');
  assert.deepEqual(await credentials.verifyPassword(ana, 'secret-1'), { kind: 'refused' });
  assert.deepEqual(await scramLogin(credentials, ana, 'secret-1'), { kind: 'refused' });
  assert.deepEqual(await credentials.verifyPassword(ana, 'secret-2'), isIn);
  assert.deepEqual(await scramLogin(credentials, ana, 'secret-2'), isIn);
});

test('an app password opens what its scope says, with SCRAM too, survives a new password, and is revoked alone', async () => {
  await using made = await makeLogins();
  await made.book.addAccount({ address: ana, password: 'secret-1' });
  const phone = await made.book.addAppPassword(ana, { label: 'phone' });
  const printer = await made.book.addAppPassword(ana, { label: 'p', scopes: ['submission'] });
  const at = (protocol: 'imap' | 'submission') =>
    made.logins.credentialsFor(from('192.0.2.7', protocol));
  assert.deepEqual(await at('imap').verifyPassword(ana, phone.secret), isIn);
  assert.deepEqual(
    await at('imap').verifyPassword(ana, phone.secret.replaceAll('-', '').toUpperCase()),
    isIn,
  );
  assert.deepEqual(await scramLogin(at('imap'), ana, phone.secret), isIn);
  assert.deepEqual(await at('submission').verifyPassword(ana, printer.secret), isIn);
  assert.deepEqual(await scramLogin(at('submission'), ana, printer.secret), isIn);
  assert.deepEqual(await at('imap').verifyPassword(ana, printer.secret), { kind: 'refused' });
  assert.deepEqual(await scramLogin(at('imap'), ana, printer.secret), { kind: 'refused' });

  await made.book.setPassword(ana, 'secret-2');
  const book = made.book;
  assert.ok(book.revokeAppPassword(ana, printer.appPassword.id));
  assert.equal(book.revokeAppPassword(ana, printer.appPassword.id), false);
  assert.deepEqual(await at('imap').verifyPassword(ana, phone.secret), isIn);
  assert.deepEqual(await at('submission').verifyPassword(ana, printer.secret), {
    kind: 'refused',
  });
  book.saveUsage();
  const [kept] = book.appPasswords(ana);
  assert.deepEqual([kept?.label, kept?.scopes], ['phone', ['all']]);
  assert.ok((kept?.lastUsedAtMs ?? 0) > Date.now() - 3_700_000);
  await assert.rejects(book.addAppPassword(ana, { label: ' ' }), { code: 'APP_PASSWORD_UNFIT' });
  book.removeAccount(ana);
  await book.addAccount({ address: ana, password: 'secret-3' });
  assert.deepEqual(book.appPasswords(ana), [], 'the next owner of the address has none of it');
  assert.equal((await at('imap').verifyPassword(ana, phone.secret)).kind, 'refused');
});

test('a hash from another server opens, and is argon2id with SCRAM keys after the first login', async () => {
  await using made = await makeLogins();
  const passwordHash = '{SSHA}gZibHKoMvWeFQGG6n98kVgX5C6Ski1kL';
  await made.book.addAccount({ address: ana, passwordHash });
  const credentials = made.logins.credentialsFor(from('192.0.2.7'));
  assert.equal((await scramLogin(credentials, ana, 'pässword')).kind, 'refused', 'no keys yet');
  assert.equal((await credentials.verifyPassword(ana, 'wrong')).kind, 'refused');
  assert.equal(made.book.secrets.passwordHashOf(ana), passwordHash);
  assert.deepEqual(await credentials.verifyPassword(ana, 'pässword'), isIn);
  assert.match(made.book.secrets.passwordHashOf(ana) ?? '', /^\$argon2id\$/);
  assert.deepEqual(await credentials.verifyPassword(ana, 'pässword'), isIn);
  assert.deepEqual(await scramLogin(credentials, ana, 'pässword'), isIn);
});

test('SCRAM keys from another server open at once', async () => {
  await using made = await makeLogins();
  const passwordHash =
    '{SCRAM-SHA-256}4096,Pe2GdZcP/RbZUqbVIa90xg==,pmUCmfw2GwZ+QDxWVHJp6HRuhCdMWuFz0MS0LyfYp2Q=,EwiDRB9dmX8FprDQYlnK2rxnyHWrlVSUIqNqAnB85jc=';
  await made.book.addAccount({ address: ana, passwordHash });
  const credentials = made.logins.credentialsFor(from('192.0.2.7'));
  assert.deepEqual(await scramLogin(credentials, ana, 'pässword'), isIn);
  assert.deepEqual(await credentials.verifyPassword(ana, 'pässword'), isIn);
});

test('nobody can tell from salt and count who exists, has a new password or was just added', async () => {
  await using made = await makeLogins();
  const credentials = made.logins.credentialsFor(from('192.0.2.7'));
  const seen = async () => {
    const { salt, iterations } = await credentials.scramKeys(ana, 'sha256');
    return `${salt.toString('hex')} ${iterations}`;
  };
  const before = await seen();
  await made.book.addAccount({ address: ana, password: 'secret-1' });
  assert.equal(await seen(), before);
  await made.book.setPassword(ana, 'secret-2');
  assert.equal(await seen(), before);
  made.book.removeAccount(ana);
  assert.equal(await seen(), before);
});

test('a guesser waits, her owner elsewhere does not, and forty connections at once are forty right logins', async () => {
  await using made = await makeLogins();
  await made.book.addAccount({ address: ana, password: 'secret-1' });
  const guesser = made.logins.credentialsFor(from('198.51.100.9'));
  const guesses = await Promise.all(
    Array.from({ length: 20 }, (_, index) => guesser.verifyPassword(ana, `guess-${index}`)),
  );
  assert.equal(
    guesses.filter(({ kind }) => kind === 'refused').length,
    5,
    'no race past the guard',
  );
  assert.equal(guesses.filter(({ kind }) => kind === 'wait').length, 15);
  assert.equal(
    (await guesser.verifyPassword(ana, 'secret-1')).kind,
    'wait',
    'secret not looked at',
  );
  assert.equal((await scramLogin(guesser, ana, 'secret-1')).kind, 'wait');
  const owner = made.logins.credentialsFor(from('192.0.2.7'));
  const right = await Promise.all(
    Array.from({ length: 40 }, () => owner.verifyPassword(ana, 'secret-1')),
  );
  assert.ok(right.every(({ kind }) => kind === 'in'));
});

test('the audit log says when, how, from where, who and how it ended, and never a secret', async () => {
  await using made = await makeLogins();
  await made.book.addAccount({ address: ana, password: 'right-secret' });
  const { appPassword, secret } = await made.book.addAppPassword(ana, { label: 'phone' });
  const credentials = made.logins.credentialsFor(from('192.0.2.7', 'submission'));
  await credentials.verifyPassword(ana, 'right-secret', 'PLAIN');
  await credentials.verifyPassword(ana, 'wrong-guess', 'LOGIN');
  await credentials.verifyPassword('no@example.test', 'wrong-guess', 'PLAIN');
  await credentials.verifyPassword('typed-my-secret-here', 'x', 'PLAIN');
  await scramLogin(credentials, ana, secret);
  const lines = await made.auditLines();
  const shared = { protocol: 'submission', address: '192.0.2.7', isPrivate: true };
  const known = { ...shared, account: ana };
  assert.deepEqual(
    lines.map(({ at: _, ...line }) => line),
    [
      { ...known, mechanism: 'PLAIN', outcome: 'in' },
      { ...known, mechanism: 'LOGIN', outcome: 'refused', why: 'wrong-password' },
      {
        ...shared,
        account: 'no@example.test',
        mechanism: 'PLAIN',
        outcome: 'refused',
        why: 'unknown-account',
      },
      {
        ...shared,
        account: '(no address)',
        mechanism: 'PLAIN',
        outcome: 'refused',
        why: 'unknown-account',
      },
      { ...known, mechanism: 'SCRAM-SHA-256', outcome: 'in', appPassword: appPassword.id },
    ],
  );
  assert.doesNotMatch(JSON.stringify(lines), new RegExp(`secret|guess|${secret}`));
  assert.equal((await stat(made.auditPath)).mode & 0o777, 0o600);
});
