import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appPasswordLetters, makeAppPassword, opens } from './app-password.ts';

test('an app password has 120 bits, is easy to type, and is known by its shape however it is typed', () => {
  const made = new Set(Array.from({ length: 100 }, () => makeAppPassword()));
  assert.equal(made.size, 100);
  for (const secret of made) {
    assert.match(secret, /^([a-z2-7]{4}-){5}[a-z2-7]{4}$/);
    const letters = secret.replaceAll('-', '');
    for (const typed of [secret, letters, secret.toUpperCase(), secret.replaceAll('-', ' ')])
      assert.equal(appPasswordLetters(typed), letters);
  }
  for (const other of ['', 'secret', 'abcd-efgh', 'a'.repeat(25), '1'.repeat(24), ' '.repeat(9999)])
    assert.equal(appPasswordLetters(other), undefined);
});

test('a scope opens what it says', () => {
  assert.equal(opens({ scopes: ['all'] }, 'pop3'), true);
  assert.equal(opens({ scopes: ['imap', 'submission'] }, 'submission'), true);
  assert.equal(opens({ scopes: ['imap', 'submission'] }, 'web'), false);
});
