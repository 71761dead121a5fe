import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSaslExchange, mechanismsFor } from './mechanisms.ts';
import { credentialsOf } from './testing.ts';
import type { SaslStep } from './sasl-server.ts';

const credentials = credentialsOf({ 'ana@x.test': 'secret' });
const tlsExporter = Buffer.alloc(32, 7);

/** Says these things one after the other, and gives the last answer. */
async function say(mechanism: string, ...responses: readonly (string | undefined)[]) {
  const exchange = createSaslExchange(mechanism, { credentials }) ?? assert.fail(mechanism);
  let step: SaslStep | undefined;
  for (const response of responses)
    step = await exchange.next(response === undefined ? undefined : Buffer.from(response));
  return step;
}

const challenge = (text: string) => ({ kind: 'challenge', bytes: Buffer.from(text) });
const isIn = { kind: 'end', verdict: { kind: 'in', account: 'ana@x.test' } };
const refused = { kind: 'end', verdict: { kind: 'refused' } };
const malformed = { kind: 'malformed' };

test('the strongest is offered first, -PLUS only with a channel to bind to, tokens only where they can be judged', () => {
  assert.deepEqual(mechanismsFor({ credentials }), ['SCRAM-SHA-256', 'PLAIN', 'LOGIN']);
  assert.deepEqual(mechanismsFor({ credentials, tlsExporter }), [
    'SCRAM-SHA-256-PLUS',
    'SCRAM-SHA-256',
    'PLAIN',
    'LOGIN',
  ]);
  assert.deepEqual(
    mechanismsFor({ credentials: { ...credentials, offersScram: false }, tlsExporter }),
    ['PLAIN', 'LOGIN'],
  );
  assert.equal(createSaslExchange('SCRAM-SHA-256-PLUS', { credentials }), undefined);
  assert.equal(createSaslExchange('XOAUTH2', { credentials }), undefined);
  assert.equal(createSaslExchange('CRAM-MD5', { credentials }), undefined);
  assert.ok(createSaslExchange('plain', { credentials }));
});

test('PLAIN with and without an initial response (RFC 4616 §2)', async () => {
  assert.deepEqual(await say('PLAIN', undefined), challenge(''));
  assert.deepEqual(await say('PLAIN', undefined, '\0ana@x.test\0secret'), isIn);
  assert.deepEqual(await say('PLAIN', '\0ana@x.test\0secret'), isIn);
  assert.deepEqual(await say('PLAIN', '\0ana@x.test\0wrong'), refused);
  assert.deepEqual(await say('PLAIN', '\0bob@x.test\0secret'), refused);
});

test('nobody acts for somebody else (RFC 4422 §3.4.1)', async () => {
  assert.deepEqual(await say('PLAIN', 'Ana@x.test\0ana@x.test\0secret'), isIn);
  assert.deepEqual(await say('PLAIN', 'bob@x.test\0ana@x.test\0secret'), refused);
});

test('PLAIN that is not three parts, not UTF-8 or endless is malformed (RFC 4616 §2)', async () => {
  for (const text of [
    '',
    'ana',
    'ana\0secret',
    '\0ana@x.test\0',
    '\0\0secret',
    '\0ana@x.test\0secret\0',
    `\0ana@x.test\0${'x'.repeat(5000)}`,
  ])
    assert.deepEqual(await say('PLAIN', text), malformed, JSON.stringify(text));
  const exchange = createSaslExchange('PLAIN', { credentials });
  assert.deepEqual(await exchange?.next(Buffer.from([0, 0xff, 0xfe, 0, 0x61])), malformed);
});

test('LOGIN asks for the name, then for the password', async () => {
  assert.deepEqual(await say('LOGIN', undefined), challenge('Username:'));
  assert.deepEqual(await say('LOGIN', undefined, 'ana@x.test'), challenge('Password:'));
  assert.deepEqual(await say('LOGIN', undefined, 'ana@x.test', 'secret'), isIn);
  assert.deepEqual(await say('LOGIN', 'ana@x.test', 'secret'), isIn, 'initial response');
  assert.deepEqual(await say('LOGIN', 'ana@x.test', 'wrong'), refused);
  assert.deepEqual(await say('LOGIN', 'ana@x.test', ''), malformed);
  assert.deepEqual(await say('LOGIN', 'a\0b'), malformed);
});

test('tokens: OAUTHBEARER and XOAUTH2 tell a failure as JSON and wait for the answer (RFC 7628 §3.2)', async () => {
  const withTokens = {
    ...credentials,
    verifyToken: async (login: string, token: string) =>
      token === 'good' && ['', 'ana@x.test'].includes(login)
        ? ({ kind: 'in', account: 'ana@x.test' } as const)
        : ({ kind: 'refused' } as const),
  };
  const context = { credentials: withTokens };
  assert.ok(mechanismsFor(context).includes('OAUTHBEARER'));
  for (const [mechanism, message] of [
    ['OAUTHBEARER', 'n,a=ana@x.test,\x01host=mail.x.test\x01auth=Bearer TOKEN\x01\x01'],
    ['XOAUTH2', 'user=ana@x.test\x01auth=Bearer TOKEN\x01\x01'],
  ] as const) {
    const good = createSaslExchange(mechanism, context);
    assert.deepEqual(await good?.next(Buffer.from(message.replace('TOKEN', 'good'))), isIn);
    const bad = createSaslExchange(mechanism, context);
    assert.deepEqual(
      await bad?.next(Buffer.from(message.replace('TOKEN', 'bad'))),
      challenge('{"status":"invalid_token"}'),
    );
    assert.deepEqual(await bad?.next(Buffer.from('\x01')), refused);
    for (const broken of ['', 'n,,', message.slice(0, -1), message.replace('Bearer', 'Basic')])
      assert.deepEqual(
        await createSaslExchange(mechanism, context)?.next(Buffer.from(broken)),
        malformed,
      );
  }
});
