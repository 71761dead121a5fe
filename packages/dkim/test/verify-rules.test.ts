// What a signature has to be to pass, rule by rule: each test changes one thing of a good one.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { createDkimVerifier, recordOf, type DkimVerification } from '../src/index.ts';
import { messageOf, recordsOf, resolverOf, testKey } from './dkimpy.ts';
import { signedBy, type Wanted } from './reference-signer.ts';

const rsa = testKey('home.test', 'r1', 'rsa-sha256');
const ed = testKey('home.test', 'e1', 'ed25519-sha256');
const records = recordsOf([rsa, ed]);
const nowSeconds = Math.floor(Date.now() / 1000);

const plain = [
  'From: Ana <ana@home.test>',
  'To: bob@far.test',
  'Subject: hello',
  'Date: Sun, 22 Nov 2026 10:00:00 +0000',
  '',
  'Hello Bob,',
  'this is  all.',
  '',
].join('\r\n');

async function verdicts(
  message: string,
  published: Readonly<Record<string, string>> = records,
): Promise<readonly DkimVerification[]> {
  const verifier = createDkimVerifier({
    resolver: resolverOf(published),
    clock: systemClock,
    budgetMs: 5_000,
    signaturesMax: 3,
  });
  return verifier.verify(messageOf(message));
}

async function verdict(message: string, published = records): Promise<string> {
  const [first] = await verdicts(message, published);
  assert.ok(first);
  assert.equal(first.problem === undefined, first.result === 'pass');
  return first.problem === undefined ? first.result : `${first.result}: ${first.problem}`;
}

async function ofSigned(wanted: Partial<Wanted>, message = plain): Promise<string> {
  return verdict(signedBy(message, { key: rsa, ...wanted }));
}

test('a message without signatures has no verdicts', async () => {
  assert.deepEqual(await verdicts(plain), []);
});

test('every pair of canonicalizations passes, with either algorithm; c= has its defaults (RFC 6376 §3.5)', async () => {
  for (const key of [rsa, ed]) {
    for (const header of ['simple', 'relaxed'] as const) {
      for (const body of ['simple', 'relaxed'] as const) {
        assert.equal(await ofSigned({ key, header, body }), 'pass', `${header}/${body}`);
      }
    }
  }
  assert.equal(
    await ofSigned({ header: 'simple', body: 'simple', tags: { c: undefined } }),
    'pass',
  );
  assert.equal(
    await ofSigned({ header: 'relaxed', body: 'simple', tags: { c: 'relaxed' } }),
    'pass',
  );
  assert.match(await ofSigned({ tags: { c: 'nofws/relaxed' } }), /^neutral/);
  assert.match(await ofSigned({ tags: { c: 'relaxed/simple/relaxed' } }), /^neutral/);
});

test('required tags are required, v= is 1, unknown tags are ignored (RFC 6376 §6.1.1)', async () => {
  for (const name of ['v', 'a', 'bh', 'd', 's', 'h']) {
    assert.match(await ofSigned({ tags: { [name]: undefined } }), /^permerror: .* no /, name);
  }
  assert.match(await ofSigned({ tags: { v: '2' } }), /^permerror/);
  assert.match(await ofSigned({ tags: { v: '0.5' } }), /^permerror/);
  assert.equal(await ofSigned({ tags: { zz: 'whatever', z: 'From:x@y' } }), 'pass');
});

test('From has to be signed (RFC 6376 §5.4, threat 27)', async () => {
  assert.match(await ofSigned({ names: ['To', 'Subject'] }), /^permerror: From is not signed/);
  assert.match(await ofSigned({ tags: { h: '' } }), /^permerror/);
  assert.match(await ofSigned({ tags: { h: 'From::To' } }), /^permerror/);
  assert.equal(await ofSigned({ names: ['fRoM', 'To', 'X-Not-There'] }), 'pass');
});

test('a second From, signed or not, is never a pass (RFC 6376 §8.15, threats 27 and 28)', async () => {
  const signed = signedBy(plain, { key: rsa });
  for (const name of ['From', 'from', 'FROM ', 'From\t']) {
    const above = signed.replace('From: Ana', `${name}: eve@evil.test\r\nFrom: Ana`);
    assert.match(await verdict(above), /^policy: .* more than one From/, name);
  }
  const twice = plain.replace('To:', 'From: Eve <eve@evil.test>\r\nTo:');
  assert.match(await ofSigned({ names: ['From', 'From', 'To'] }, twice), /^policy/);
  const oversigned = signedBy(plain, { key: rsa, names: ['From', 'From', 'To'] });
  assert.equal(await verdict(oversigned), 'pass');
  assert.match(
    await verdict(oversigned.replace('From: Ana', 'From: eve@evil.test\r\nFrom: Ana')),
    /^fail/,
  );
  assert.match(
    await ofSigned({ names: ['From', 'To'] }, plain.replace('From: Ana', 'X: Ana')),
    /^policy: .* no From/,
  );
});

test('l= shorter than the body is policy, longer is fail, exact is a pass (RFC 6376 §8.2, threat 27)', async () => {
  const bytes = 'Hello Bob,\r\nthis is all.\r\n'.length;
  assert.equal(await ofSigned({ length: bytes }), 'pass');
  assert.match(await ofSigned({ length: bytes - 2 }), /^policy: Only a part/);
  assert.match(await ofSigned({ length: 0 }), /^policy/);
  assert.match(await ofSigned({ length: bytes, tags: { l: `${bytes + 1}` } }), /^fail/);
  assert.match(await ofSigned({ length: bytes, tags: { l: '9'.repeat(76) } }), /^fail/);
  for (const l of ['9'.repeat(77), '-1', '0x1', '', '1e3', '1 2']) {
    assert.match(await ofSigned({ length: bytes, tags: { l } }), /^permerror/, l);
  }
  const signed = signedBy(plain, { key: rsa, length: bytes });
  assert.match(await verdict(`${signed}Buy pills.\r\n`), /^policy/);
  assert.match(await verdict(signed.replace('Hello', 'Hullo')), /^fail/);
  assert.equal(await ofSigned({ length: 0 }, plain.slice(0, plain.indexOf('Hello'))), 'pass');
});

test('i= is d= or below it, and with t=s in the key d= itself (RFC 6376 §3.5, §3.6.1)', async () => {
  for (const i of ['@home.test', 'ana@HOME.test', 'ana+x=40y@news.home.test', '@a.b.home.test']) {
    assert.equal(await ofSigned({ tags: { i } }), 'pass', i);
  }
  for (const i of ['@test', '@nothome.test', 'ana', '@', '@.home.test', '@home.test.evil.test']) {
    assert.match(await ofSigned({ tags: { i } }), /^permerror: i= is not in/, i);
  }
  const strict = withRecord('t=s');
  const below = signedBy(plain, { key: rsa, tags: { i: '@news.home.test' } });
  assert.match(await verdict(below, strict), /^permerror: .* below its domain/);
  assert.equal(
    await verdict(signedBy(plain, { key: rsa, tags: { i: 'a@home.test' } }), strict),
    'pass',
  );
});

test('an expired signature is policy, a future one too, one of a slow clock is not (RFC 6376 §3.5, threat 27)', async () => {
  const at = async (t: number | string, x?: number | string) =>
    ofSigned({ tags: { t: `${t}`, ...(x === undefined ? {} : { x: `${x}` }) } });
  assert.equal(await at(nowSeconds, nowSeconds + 60), 'pass');
  assert.equal(await at(nowSeconds + 600), 'pass');
  assert.match(await at(nowSeconds + 86_400), /^policy: .* future/);
  assert.match(await at(nowSeconds - 100, nowSeconds - 10), /^policy: .* expired/);
  assert.match(await at(nowSeconds, nowSeconds), /^permerror/);
  assert.match(await at('now'), /^permerror/);
  assert.match(await at(nowSeconds, ''), /^permerror/);
  assert.equal(await at(1, '99999999999999999999'), 'pass');
});

test('SHA-1 is policy, unknown algorithms and ways to a key are as if unsigned (RFC 8301 §3.1, RFC 6376 §3.3.4)', async () => {
  assert.match(await ofSigned({ hash: 'sha1' }), /^policy: SHA-1/);
  assert.match(await ofSigned({ tags: { a: 'rsa-sha512' } }), /^neutral/);
  assert.match(await ofSigned({ tags: { q: 'http/well-known' } }), /^neutral/);
  assert.equal(await ofSigned({ tags: { q: 'http/well-known : dns/txt' } }), 'pass');
});

test('RSA keys under 1024 bits are policy, and their size is told (RFC 8301 §3.2, threat 27)', async () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 768 }).privateKey;
  const key = { ...rsa, privateKey: weak };
  const [answer] = await verdicts(signedBy(plain, { key }), recordsOf([key]));
  assert.equal(answer?.result, 'policy');
  assert.equal(answer?.keyBits, 768);
  const [good] = await verdicts(signedBy(plain, { key: rsa }));
  assert.equal(good?.keyBits, 2048);
});

test('tags are read as they are written: twice, with NUL, with nonsense they are permerror (threat 27)', async () => {
  const bad = [
    { s: 'r1\0' },
    { s: 'r1\0.evil' },
    { d: 'home.test\0' },
    { s: '' },
    { d: '' },
    { d: 'home..test' },
    { d: 'home.test.' },
    { d: 'ho me.test' },
    { s: '*' },
    { d: `${'a.'.repeat(130)}test` },
    { bh: '####' },
    { bh: 'AAAA' },
    { x: '1; x=2' },
  ];
  for (const tags of bad)
    assert.match(await ofSigned({ tags }), /^permerror/, JSON.stringify(tags));
  const signed = signedBy(plain, { key: rsa });
  assert.match(await verdict(signed.replace(/b=[^\r]*\r\n/, 'b=@@@@\r\n')), /^permerror/);
  assert.match(await verdict(signed.replace(/;\r\n\tb=[^\r]*\r\n/, '\r\n')), /^permerror/);
  assert.match(
    await verdict(signed.replace(/^DKIM-Signature:[^]*?\tb=[^\r]*/, 'DKIM-Signature:')),
    /^permerror/,
  );
});

test('only so many signatures are checked, in the order they stand; the rest is policy', async () => {
  let message = plain;
  for (let count = 0; count < 5; count += 1) message = signedBy(message, { key: rsa });
  assert.deepEqual(
    (await verdicts(message)).map(({ result }) => result),
    ['pass', 'pass', 'pass', 'policy', 'policy'],
  );
});

test('one good signature among bad ones is found, each says why (RFC 6376 §6.1)', async () => {
  const good = signedBy(plain, { key: ed });
  const answers = await verdicts(
    `DKIM-Signature: nonsense\r\n${signedBy(good, { key: { ...rsa, selector: 'gone' } })}`,
  );
  assert.deepEqual(
    answers.map(({ result, selector }) => [selector, result]),
    [
      ['', 'permerror'],
      ['gone', 'permerror'],
      ['e1', 'pass'],
    ],
  );
});

test('a key in test is told, and passes nevertheless (RFC 6376 §3.6.1)', async () => {
  const [answer] = await verdicts(signedBy(plain, { key: rsa }), withRecord('t=y'));
  assert.deepEqual([answer?.result, answer?.isTesting], ['pass', true]);
});

function withRecord(more: string): Record<string, string> {
  const { name, value } = recordOf(rsa);
  return { [name]: value.replace('; p=', `; ${more}; p=`) };
}
