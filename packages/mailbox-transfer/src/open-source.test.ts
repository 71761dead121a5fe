import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMailPlace } from './open-source.ts';

test('places are read, and the user may be a whole address', () => {
  assert.deepEqual(parseMailPlace('maildir:/var/mail/ana'), {
    kind: 'maildir',
    path: '/var/mail/ana',
  });
  assert.deepEqual(parseMailPlace('imaps://ana@old.test@mail.old.test'), {
    kind: 'imap',
    user: 'ana@old.test',
    host: 'mail.old.test',
    port: 993,
    isTls: true,
  });
  assert.deepEqual(parseMailPlace('imap://ana%40old.test@[::1]:1143/'), {
    kind: 'imap',
    user: 'ana@old.test',
    host: '::1',
    port: 1143,
    isTls: false,
  });
});

test('a password in the address, a relative path and nonsense are none', () => {
  for (const text of [
    'imap://ana:secret@host',
    'maildir:mail',
    'mbox:',
    'imap://host',
    'file:/x',
    'imap://%zz@host',
  ])
    assert.equal(parseMailPlace(text), undefined, text);
});
