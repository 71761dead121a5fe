import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { createMessageIdMaker, type HopNote } from '@restante/mail-model';
import { decodeHopNote, encodeHopNote } from './hop-note.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const note: HopNote = {
  messageId: createMessageIdMaker().next(1000),
  origin: {
    site: 'us',
    clientAddress: '192.0.2.7',
    helo: 'mx.stranger.test',
    protocol: 'ESMTPS',
    receivedAtMs: 1000,
  },
  verdict: { action: 'accept', reasons: [{ check: 'spf', detail: 'pass' }] },
  fingerprint: 'abc_-1',
  replyUnconfirmed: false,
  sha256: 'def',
  path: ['us'],
};

test('a note comes out as it went in', () => {
  assert.deepEqual(decodeHopNote(encodeHopNote(note, pair.privateKey), pair.publicKey), {
    ok: true,
    value: note,
  });
});

test('a note signed by somebody else is refused', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  assert.equal(decodeHopNote(encodeHopNote(note, other.privateKey), pair.publicKey).ok, false);
});

test('a note whose verdict was changed on the way is refused', () => {
  const [payload, signature] = encodeHopNote(note, pair.privateKey).split('.');
  const changed = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as HopNote;
  const forged = Buffer.from(
    JSON.stringify({ ...changed, verdict: { action: 'reject', reasons: [] } }),
  ).toString('base64url');
  assert.equal(decodeHopNote(`${forged}.${signature}`, pair.publicKey).ok, false);
});

for (const [what, bad] of Object.entries({
  'an id that is not ours': { ...note, messageId: '../../etc/passwd' },
  'a line break in the HELO name': { ...note, origin: { ...note.origin, helo: 'a\r\nX: y' } },
  'no path': { ...note, path: [] },
  'an unknown action': { ...note, verdict: { action: 'explode', reasons: [] } },
})) {
  test(`a well-signed note with ${what} is refused`, () => {
    assert.equal(
      decodeHopNote(encodeHopNote(bad as HopNote, pair.privateKey), pair.publicKey).ok,
      false,
    );
  });
}
