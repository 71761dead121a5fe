import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SaslContext, SaslExchange, SaslStep, ScramProof } from '../sasl-server.ts';
import { credentialsOf } from '../testing.ts';
import { scramExchange } from './scram-exchange.ts';
import { deriveScramKeys, hmac, sha256 } from './scram-keys.ts';

const credentials = credentialsOf({ user: 'pencil', 'a,b=c': 'pencil' });
const clientNonce = 'rOprNGfwEbeRWgbNEkqO';
const serverNonce = '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const salt = 'W22ZaJ0SNY7soEsUEjb6gQ==';
const tlsExporter = Buffer.alloc(32, 7);
const refused = { kind: 'end', verdict: { kind: 'refused' } };
const malformed = { kind: 'malformed' };

const textOf = (step: SaslStep) =>
  step.kind === 'challenge' ? step.bytes.toString() : assert.fail(step.kind);

/** A client that does it right, written down a second time so that a mistake of the server is not repeated here. */
async function clientFinal(
  exchange: SaslExchange,
  { login = 'user', password = 'pencil', header = 'n,,', channel = '' } = {},
): Promise<SaslStep> {
  const bare = `n=${login},r=${clientNonce}`;
  const first = textOf(await exchange.next(Buffer.from(header + bare)));
  const [, nonce = '', written = '', count = ''] =
    /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(first) ?? assert.fail(first);
  const { pbkdf2Sync } = await import('node:crypto');
  const salted = pbkdf2Sync(password, Buffer.from(written, 'base64'), Number(count), 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  const bound = Buffer.from(header + channel, 'latin1').toString('base64');
  const withoutProof = `c=${bound},r=${nonce}`;
  const signature = hmac(sha256(clientKey), `${bare},${first},${withoutProof}`);
  const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
  return exchange.next(Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`));
}

const exchangeOf = (context: Partial<SaslContext> = {}, withBinding = false) =>
  scramExchange({ credentials, ...context }, { withBinding });

test('the example of RFC 7677 §3, word for word', async () => {
  const exchange = scramExchange({ credentials }, { withBinding: false, nonce: serverNonce });
  assert.equal(
    textOf(await exchange.next(Buffer.from(`n,,n=user,r=${clientNonce}`))),
    `r=${clientNonce}${serverNonce},s=${salt},i=4096`,
  );
  assert.deepEqual(
    await exchange.next(
      Buffer.from(
        `c=biws,r=${clientNonce}${serverNonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
      ),
    ),
    {
      kind: 'end',
      verdict: { kind: 'in', account: 'user' },
      last: Buffer.from('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='),
    },
  );
});

test('a wrong password is refused without a word of the server (RFC 5802 §5.1)', async () => {
  assert.deepEqual(await clientFinal(exchangeOf(), { password: 'pen' }), refused);
  assert.deepEqual(await clientFinal(exchangeOf(), { login: 'nobody' }), refused);
});

test('a client that waits is asked to begin; a name may have "," and "=" (RFC 5802 §5.1)', async () => {
  const exchange = exchangeOf();
  assert.equal(textOf(await exchange.next(undefined)), '');
  const end = await clientFinal(exchange, { login: 'a=2Cb=3Dc' });
  assert.deepEqual(end.kind === 'end' && end.verdict, { kind: 'in', account: 'a,b=c' });
});

test('-PLUS binds to the TLS channel, and another channel is refused (RFC 5802 §6, RFC 9266 §2)', async () => {
  const header = 'p=tls-exporter,,';
  const right = { header, channel: tlsExporter.toString('latin1') };
  const end = await clientFinal(exchangeOf({ tlsExporter }, true), right);
  assert.equal(end.kind === 'end' && end.verdict.kind, 'in');
  const other = { header, channel: Buffer.alloc(32, 8).toString('latin1') };
  assert.deepEqual(await clientFinal(exchangeOf({ tlsExporter }, true), other), refused);
  for (const wrong of ['p=tls-unique,,', 'n,,', 'y,,'])
    assert.deepEqual(
      await exchangeOf({ tlsExporter }, true).next(Buffer.from(`${wrong}n=user,r=abc`)),
      refused,
    );
});

test('a client that was told there is no -PLUS, where there is, is refused: a downgrade (RFC 5802 §6)', async () => {
  const message = Buffer.from('y,,n=user,r=abc');
  assert.deepEqual(await exchangeOf({ tlsExporter }).next(message), refused);
  assert.equal((await exchangeOf().next(message)).kind, 'challenge');
  assert.deepEqual(await exchangeOf().next(Buffer.from('p=tls-exporter,,n=user,r=abc')), refused);
});

test('the header of the first message is repeated in the last (RFC 5802 §5.1, "c")', async () => {
  const exchange = exchangeOf();
  const first = textOf(await exchange.next(Buffer.from(`n,,n=user,r=${clientNonce}`)));
  const nonce = /^r=([^,]+)/.exec(first)?.[1] ?? '';
  const proof = Buffer.alloc(32).toString('base64');
  assert.deepEqual(
    await exchange.next(Buffer.from(`c=${btoa('y,,')},r=${nonce},p=${proof}`)),
    refused,
  );
});

test('any of a person’s secrets will do, and the one that did is named', async () => {
  const named: (ScramProof | undefined)[] = [];
  const app =
    (await deriveScramKeys('app-one', Buffer.from(salt, 'base64'), 4096)) ?? assert.fail();
  const several = {
    ...credentials,
    scramKeys: async (login: string) => ({
      ...(await credentials.scramKeys(login, 'sha256')),
      others: [{ storedKey: app.storedKey, serverKey: app.serverKey, label: 'phone' }],
    }),
    finishScram: async (login: string, isProven: boolean, proof?: ScramProof) => {
      named.push(proof);
      return credentials.finishScram(login, isProven);
    },
  };
  for (const password of ['app-one', 'pencil']) {
    const end = await clientFinal(exchangeOf({ credentials: several }), { password });
    assert.ok(end.kind === 'end' && end.verdict.kind === 'in' && end.last, password);
  }
  assert.deepEqual(named, [
    { mechanism: 'SCRAM-SHA-256', label: 'phone' },
    { mechanism: 'SCRAM-SHA-256' },
  ]);
});

test('what is not a first message is malformed (RFC 5802 §7)', async () => {
  for (const text of [
    '',
    'n',
    'n,,',
    'n,,r=abc,n=user',
    'n,,m=ext,n=user,r=abc',
    'n,,n=user',
    'n,,n=,r=abc',
    'n,,n=us=er,r=abc',
    'n,,n=user,r=',
    'n,,n=user,r=a b',
    'n,,n=user,r=\u00e9',
    `n,,n=user,r=${'x'.repeat(600)}`,
    `n,,n=${'x'.repeat(5000)},r=abc`,
    'n,a=,n=user,r=abc',
    'x,,n=user,r=abc',
    'n,,n=us\0er,r=abc',
  ])
    assert.deepEqual(await exchangeOf().next(Buffer.from(text)), malformed, JSON.stringify(text));
});

test('what is not a final message, or not for this exchange, is malformed (RFC 5802 §7)', async () => {
  const proof = Buffer.alloc(32).toString('base64');
  for (const final of [
    '',
    `c=biws,r=NONCE`,
    `c=biws,r=NONCE,p=`,
    `c=biws,r=NONCE,p=${proof},x=1`,
    `c=biws,r=NONCEx,p=${proof}`,
    `c=biws,r=abc,p=${proof}`,
    `c=b!ws,r=NONCE,p=${proof}`,
    `c=biwt=,r=NONCE,p=${proof}`,
    `r=NONCE,c=biws,p=${proof}`,
    `c=biws,r=NONCE,p=${proof.slice(4)}`,
  ]) {
    const exchange = exchangeOf();
    const first = textOf(await exchange.next(Buffer.from(`n,,n=user,r=${clientNonce}`)));
    const nonce = /^r=([^,]+)/.exec(first)?.[1] ?? '';
    const step = await exchange.next(Buffer.from(final.replace('NONCE', nonce)));
    assert.deepEqual(step, malformed, final);
  }
});

test('no two exchanges have the same nonce', async () => {
  const nonces = new Set<string>();
  for (let index = 0; index < 50; index += 1)
    nonces.add(textOf(await exchangeOf().next(Buffer.from('n,,n=user,r=abc'))));
  assert.equal(nonces.size, 50);
});
