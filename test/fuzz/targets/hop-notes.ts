// Notes between sites (design §4.3): whatever a note is changed to, it is refused with a problem, never believed and never a crash.
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { acceptVerdict, createMessageIdMaker, type HopNote } from '@restante/mail-model';
import { decodeHopNote, encodeHopNote } from '@restante/relay';
import { makeCertificate } from '../../kit/false-papers.ts';
import { below, mutate, oneOf, randomBytes, type Target } from '../target.ts';

const triesEachRound = 50;

export const hopNotes: Target = {
  name: 'hop-notes',
  async open() {
    const key = createPrivateKey((await makeCertificate({ commonName: 'us' })).key);
    const publicKey = createPublicKey(key);
    const note: HopNote = {
      messageId: createMessageIdMaker().next(Date.now()),
      origin: {
        site: 'us',
        clientAddress: '192.0.2.1',
        helo: 'client.test',
        protocol: 'ESMTP',
        receivedAtMs: Date.now(),
      },
      verdict: acceptVerdict,
      fingerprint: 'a'.repeat(43),
      sha256: 'b'.repeat(43),
      replyUnconfirmed: false,
      path: ['us'],
    };
    const good = encodeHopNote(note, key);
    assert.equal(decodeHopNote(good, publicKey).ok, true);
    const same = JSON.stringify(note);

    return {
      async round(random) {
        for (let tries = 0; tries < triesEachRound; tries += 1) {
          const text =
            below(random, 4) === 0
              ? randomBytes(random, below(random, 300)).toString(
                  oneOf(random, ['latin1', 'base64url', 'utf8']),
                )
              : mutate(random, Buffer.from(good)).toString('latin1');
          const read = decodeHopNote(text, publicKey);
          // Base64url is read leniently, so another spelling of the very same bytes may pass; another content never.
          if (read.ok) assert.equal(JSON.stringify(read.value), same, `believed: ${text}`);
        }
        // Signed by the right key, but with fields of any shape: refused by shape, or harmless.
        const strange = {
          ...note,
          [oneOf(random, ['messageId', 'origin', 'verdict', 'fingerprint', 'sha256', 'path'])]:
            strangeValue(random),
        };
        const read = decodeHopNote(encodeHopNote(strange, key), publicKey);
        if (read.ok)
          assert.doesNotMatch(
            JSON.stringify(read.value),
            /\\r|\\n|\\u0000/,
            'nothing that could end a line gets through',
          );
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};

function strangeValue(random: () => number): unknown {
  return oneOf<unknown>(random, [
    null,
    0,
    -1,
    '',
    'x\r\nRCPT TO:<a@b>',
    '\0',
    [],
    [[]],
    {},
    { site: 'us\r\n' },
    ['us\n'],
    'm'.repeat(5000),
    Array.from({ length: 100 }, () => 'us'),
    true,
    { action: 'accept', reasons: [{ check: 'a\nb', detail: '' }] },
  ]);
}
