// Where keys come from: what DNS says, does not say, and cannot say.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createResolver, DnsError, startZoneServer } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { createDkimVerifier, recordOf } from '../src/index.ts';
import { messageOf, testKey } from './dkimpy.ts';
import { signedBy } from './reference-signer.ts';

const rsa = testKey('home.test', 'r1', 'rsa-sha256');
const ed = testKey('home.test', 'e1', 'ed25519-sha256');
const name = 'r1._domainkey.home.test';
const good = recordOf(rsa).value;
const plain = 'From: ana@home.test\r\nTo: b@far.test\r\n\r\nHello\r\n';
const message = messageOf(signedBy(plain, { key: rsa }));

type Answer = () => Promise<readonly (readonly string[])[]>;

async function verdict(
  resolve: Answer,
  { budgetMs = 5_000, signal = undefined as AbortSignal | undefined } = {},
) {
  const resolver = { resolve: resolve as never };
  const verifier = createDkimVerifier({ resolver, clock: systemClock, budgetMs, signaturesMax: 3 });
  const [first] = await verifier.verify(message, signal);
  return first?.problem === undefined ? first?.result : `${first.result}: ${first.problem}`;
}

const records =
  (...texts: readonly string[]): Answer =>
  async () =>
    texts.map((text) => text.match(/[^]{1,255}/g) ?? []);
const failing =
  (code: 'ENOTFOUND' | 'ENODATA' | 'ESERVFAIL' | 'ETIMEOUT' | 'EREFUSED' | 'EBADRESP'): Answer =>
  async () => {
    throw new DnsError(code, { hostname: name, type: 'TXT' });
  };

test('no key is permerror, no answer is temperror (RFC 6376 §6.1.2)', async () => {
  for (const code of ['ENOTFOUND', 'ENODATA'] as const) {
    assert.match((await verdict(failing(code))) ?? '', /^permerror: There is no key/, code);
  }
  for (const code of ['ESERVFAIL', 'ETIMEOUT', 'EREFUSED', 'EBADRESP'] as const) {
    assert.match((await verdict(failing(code))) ?? '', /^temperror/, code);
  }
  const broken: Answer = async () => {
    throw new Error('unforeseen');
  };
  assert.match((await verdict(broken)) ?? '', /^temperror/);
});

test('DNS that does not answer within the budget is temperror', async () => {
  const startedMs = performance.now();
  const { promise } = Promise.withResolvers<never>();
  assert.match(
    (await verdict(async () => promise, { budgetMs: 50 })) ?? '',
    /^temperror: .* in time/,
  );
  assert.ok(performance.now() - startedMs < 5_000);
});

test('only the signal makes it throw, and at once', async () => {
  const { promise } = Promise.withResolvers<never>();
  const aborter = new AbortController();
  const waiting = verdict(async () => promise, { signal: aborter.signal });
  await sleep(1);
  aborter.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(verdict(records(good), { signal: aborter.signal }), /enough/);
});

test('a body that cannot be read is temperror', async () => {
  const options = { resolver: { resolve: records(good) as never }, clock: systemClock };
  const verifier = createDkimVerifier({ ...options, budgetMs: 5_000, signaturesMax: 3 });
  const body = () => {
    throw new Error('disk');
  };
  const [first] = await verifier.verify({ header: message.header, body });
  assert.equal(first?.result, 'temperror');
});

test('a key may be written in several ways (RFC 6376 §3.6.1)', async () => {
  const p = /p=(.*)/.exec(good)?.[1] ?? '';
  const bare = createPublicKey(rsa.privateKey).export({ type: 'pkcs1', format: 'der' });
  const fine = [
    good,
    `p=${p}`,
    `k=rsa;p=${p};`,
    `v=DKIM1; n=a note = with signs; unknown=x; p=${p.replaceAll(/(.{20})/g, '$1 \t')}`,
    `v=DKIM1; h=sha1 : sha256; s=tlsrpt:email; t=y:s; p=${p}`,
    `v=DKIM1; s=*; p=${p}`,
    `v=DKIM1; p=${bare.toString('base64')}`,
  ];
  for (const text of fine) assert.equal(await verdict(records(text)), 'pass', text);
});

test('a key that is not for this is permerror (RFC 6376 §6.1.2)', async () => {
  const p = /p=(.*)/.exec(good)?.[1] ?? '';
  const bad: readonly (readonly [string, RegExp])[] = [
    ['v=DKIM1; p=', /revoked/],
    ['v=DKIM1; p= ; n=gone', /revoked/],
    ['v=DKIM1; k=rsa', /no p=/],
    [`p=${p}; v=DKIM1`, /first tag/],
    [`v=DKIM1; h=sha1; p=${p}`, /SHA-256/],
    [`v=DKIM1; s=tlsrpt; p=${p}`, /not for mail/],
    [`v=DKIM1; k=dsa; p=${p}`, /type/],
    [recordOf(ed).value, /another type/],
    [`v=DKIM1; k=ed25519; p=${p}`, /not one of ed25519/],
    ['v=DKIM1; p=AAAA', /not one of rsa/],
    ['v=DKIM1; p=!!!!', /base64/],
    [`v=DKIM1; p=${p}; p=${p}`, /list of tags/],
    [`v=DKIM1; p=${p}; n=${'x'.repeat(9_000)}`, /too long/],
    [`v=DKIM2; p=${p}`, /no key/],
    ['v=spf1 -all', /no key/],
    ['', /no key/],
  ];
  for (const [text, why] of bad) {
    const said = (await verdict(records(text))) ?? '';
    assert.match(said, /^permerror/, text);
    assert.match(said, why, text);
  }
});

test('of several records the one that fits is found (RFC 6376 §6.1.2)', async () => {
  const other = recordOf(testKey('home.test', 'r1', 'rsa-sha256')).value;
  assert.equal(await verdict(records('v=spf1 -all', other, recordOf(ed).value, good)), 'pass');
  assert.match((await verdict(records(other))) ?? '', /^fail/);
});

test('an RSA key that would be dear to check is not used', async () => {
  const { n = '' } = rsa.privateKey.export({ format: 'jwk' });
  const modulus = Buffer.concat([Buffer.from([0]), Buffer.from(n, 'base64url')]);
  const long = (tag: number, bytes: Buffer) =>
    Buffer.concat([Buffer.from([tag, 0x82, bytes.length >> 8, bytes.length & 0xff]), bytes]);
  const key = long(0x30, Buffer.concat([long(0x02, modulus), long(0x02, modulus)]));
  const said = await verdict(records(`v=DKIM1; p=${key.toString('base64')}`));
  assert.match(said ?? '', /^permerror/);
});

test('over real DNS: long keys in several strings, SERVFAIL, nothing there', async (context) => {
  const signed = (selector: string) => signedBy(plain, { key: { ...rsa, selector } });
  await using server = await startZoneServer({
    zone: {
      [name]: { TXT: [good.match(/.{1,200}/g) ?? []] },
      'alias._domainkey.home.test': { CNAME: [name] },
    },
    failing: ['broken._domainkey.home.test'],
  });
  const resolver = createResolver({ servers: [server.address], clock: systemClock });
  context.after(() => resolver.stop());
  const options = { resolver, clock: systemClock, budgetMs: 5_000, signaturesMax: 3 };
  const verifier = createDkimVerifier(options);
  const results: string[] = [];
  for (const selector of ['r1', 'alias', 'broken', 'gone']) {
    const [first] = await verifier.verify(messageOf(signed(selector)));
    results.push(first?.result ?? '');
  }
  assert.deepEqual(results, ['pass', 'pass', 'temperror', 'permerror']);
});
