import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMailboxName, encodeMailboxName } from './mailbox-name.ts';

const old = { isUtf8: false };

test('names in modified UTF-7, the examples of RFC 3501 §5.1.3', () => {
  const wire = '~peter/mail/&U,BTFw-/&ZeVnLIqe-';
  assert.equal(decodeMailboxName(wire, old), '~peter/mail/台北/日本語');
  assert.equal(encodeMailboxName('~peter/mail/台北/日本語', old), wire);
  assert.equal(decodeMailboxName('Hello &Jjo-!', old), 'Hello \u263a!');
  assert.equal(encodeMailboxName('a&b', old), 'a&-b');
  assert.equal(decodeMailboxName('a&-b', old), 'a&b');
});

test('every name survives the way out and back', () => {
  for (const name of ['Ünïcode/ß', '😀/a&b', 'x&-y', '&', '&&', 'é&', '\u00e4&\u00f6']) {
    const composed = name.normalize('NFC');
    assert.equal(decodeMailboxName(encodeMailboxName(name, old), old), composed);
    const utf8 = { isUtf8: true };
    assert.equal(decodeMailboxName(encodeMailboxName(name, utf8), utf8), composed);
  }
});

test('a second spelling of a name is refused, so that no folder has two (RFC 3501 §5.1.3)', () => {
  // Printable ASCII in a shift, superfluous shifts, half of a pair, bits left over, no end.
  for (const wire of [
    '&AGE-',
    '&U,BTFw-&ZeVnLIqe-',
    '&2D0-',
    '&ZeVnLIqf=-',
    '&ZeU',
    '&ZQ-',
    '&*-',
  ]) {
    assert.equal(decodeMailboxName(wire, old), undefined, wire);
  }
});

test('INBOX is the same in every case, alone and as a parent (RFC 3501 §5.1)', () => {
  assert.equal(decodeMailboxName('inBox', old), 'INBOX');
  assert.equal(decodeMailboxName('inbox/x', old), 'INBOX/x');
  assert.equal(decodeMailboxName('inboxes', old), 'inboxes');
});

test('UTF-8 is taken where it was enabled, and bytes that are none are refused (RFC 6855 §3)', () => {
  const wire = Buffer.from('日本').toString('latin1');
  assert.equal(decodeMailboxName(wire, { isUtf8: true }), '日本');
  assert.equal(decodeMailboxName('\xff\xfe', { isUtf8: true }), undefined);
  assert.equal(decodeMailboxName('&ZeVnLIqe-', { isUtf8: true }), '&ZeVnLIqe-');
});
