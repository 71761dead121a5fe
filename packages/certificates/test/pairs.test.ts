import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPair, createChallengeBook, fixedCertificate } from '@restante/certificates';
import { makePair } from './make-pair.ts';

test('a good pair says its names and its end', async () => {
  const expiresAtMs = Math.floor(Date.now() / 1000) * 1000 + 86_400_000;
  const pair = await makePair({ names: ['MX.example.test', 'imap.example.test'], expiresAtMs });
  const answer = checkPair(pair, Date.now());
  assert(answer.kind === 'good');
  assert.deepEqual(answer.pair.names, ['mx.example.test', 'imap.example.test']);
  assert.equal(answer.pair.expiresAtMs, expiresAtMs);
});

test('a pair before or after its time is told apart from one that cannot be used', async () => {
  const dayMs = 86_400_000;
  const pair = await makePair();
  assert.equal(checkPair(pair, Date.now() + 2 * dayMs).kind, 'out-of-time');
  assert.equal(checkPair(pair, Date.now() - dayMs).kind, 'out-of-time');
  assert.equal(checkPair({ ...pair, key: (await makePair()).key }, Date.now()).kind, 'unusable');
  assert.equal(checkPair({ ...pair, key: '' }, Date.now()).kind, 'unusable');
  assert.equal(checkPair({ ...pair, cert: pair.key }, Date.now()).kind, 'unusable');
  const cut = pair.cert.split('\n').toSpliced(3, 1).join('\n');
  assert.equal(checkPair({ ...pair, cert: pair.cert + cut }, Date.now()).kind, 'unusable');
});

test('a fixed certificate that TLS would not take is refused at once', async () => {
  const pair = await makePair();
  assert.throws(() => fixedCertificate({ ...pair, key: 'no' }, Date.now()), {
    code: 'CERTIFICATE_UNUSABLE',
  });
});

test('only tokens of the running order are answered (RFC 8555 §8.3)', () => {
  const book = createChallengeBook();
  const answer = book.answer('token', 'token.thumbprint');
  assert.equal(book.bodyFor('/.well-known/acme-challenge/token'), 'token.thumbprint');
  assert.equal(book.bodyFor('/.well-known/acme-challenge/'), undefined);
  assert.equal(book.bodyFor('/.well-known/acme-challenge/../token'), undefined);
  assert.equal(book.bodyFor('/token'), undefined);
  answer[Symbol.dispose]();
  assert.equal(book.bodyFor('/.well-known/acme-challenge/token'), undefined);
});
