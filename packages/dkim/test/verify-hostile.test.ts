// What somebody sends to cost us time, memory or an exception.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createArcVerifier, createDkimVerifier } from '../src/index.ts';
import { messageOf, recordsOf, resolverOf, testKey, verifierOptions } from './dkimpy.ts';
import { signedBy } from './reference-signer.ts';

const key = testKey('home.test', 'r1', 'rsa-sha256');
const records = recordsOf([key]);
const options = verifierOptions(records);
const dkim = createDkimVerifier(options);
const arc = createArcVerifier(options);
const plain = 'From: ana@home.test\r\nTo: b@far.test\r\n\r\nHello\r\n';

/** Far above what linear work takes on a busy machine, far below what quadratic work would. */
async function quickly(work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  await work();
  assert.ok(performance.now() - startedMs < 20_000);
}

test('headers of any nonsense make no exception, and no pass', async () => {
  const piece = fc.constantFrom(
    'DKIM-Signature:',
    'ARC-Seal:',
    'ARC-Message-Signature:',
    'ARC-Authentication-Results:',
    'From: a@b\r\n',
    ' i=1;',
    ' v=1; a=rsa-sha256; d=home.test; s=r1; h=From; bh=AAAA; b=AAAA',
    ' cv=none;',
    'l=1;',
    '\r\n',
    '\r\n ',
    ';',
    '=',
    ':',
    '\0',
    '\xff',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
      const message = { header: pieces.join(''), body: () => [Buffer.from('x')] };
      const answers = await dkim.verify(message);
      assert.ok(answers.every(({ result }) => result !== 'pass'));
      assert.notEqual((await arc.verify(message)).result, 'pass');
    }),
    { numRuns: 2_000 },
  );
});

test('key records of any nonsense make no exception, and no pass', async () => {
  const message = messageOf(signedBy(plain, { key }));
  const part = fc.oneof(
    fc.constantFrom('v=DKIM1;', 'k=rsa;', 'k=ed25519;', 'p=', 't=s', 'h=sha256', ';', ' '),
    fc.base64String({ maxLength: 400 }),
    fc.string({ maxLength: 20, unit: 'binary' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      const resolver = resolverOf({ 'r1._domainkey.home.test': parts.join('') });
      const [answer] = await createDkimVerifier({ ...options, resolver }).verify(message);
      assert.ok(answer?.result === 'permerror' || answer?.result === 'policy');
    }),
    { numRuns: 500 },
  );
});

test('ten thousand signatures, a hundred thousand names, a hundred thousand fields (threat 15)', async () => {
  const signed = signedBy(plain, { key });
  const [signature = ''] = signed.split(/(?<=\r\n)(?![ \t])/);
  await quickly(async () => {
    const answers = await dkim.verify(messageOf(signature.repeat(10_000) + plain));
    assert.equal(answers.filter(({ result }) => result === 'pass').length, 10);
  });
  await quickly(async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => (index === 0 ? 'From' : 'To'));
    const many = `${'To: x\r\n'.repeat(100_000)}${plain}`;
    const [answer] = await dkim.verify(messageOf(signedBy(plain, { key, names })));
    assert.equal(answer?.result, 'pass');
    const tags = { h: names.join(':') };
    assert.equal((await dkim.verify(messageOf(signedBy(many, { key, tags }))))[0]?.result, 'fail');
  });
  await quickly(async () => {
    const sets = Array.from(
      { length: 20_000 },
      (_, index) => `ARC-Seal: i=${index % 60}; cv=pass\r\n`,
    );
    assert.equal((await arc.verify(messageOf(sets.join('') + plain))).result, 'fail');
  });
});

test('a body of thirty-two megabytes of blanks and empty lines is read once, in little memory', async () => {
  const chunk = Buffer.from(' \t\r\n\r\nx \r'.repeat(6_554));
  let reads = 0;
  const header = signedBy(plain, { key }).replace(/\r\n\r\n[^]*$/, '\r\n');
  const relaxed = signedBy(plain, { key, header: 'simple', body: 'simple', length: 3 });
  const [other = ''] = relaxed.split(/(?<=\r\n)(?![ \t])/);
  const message = {
    header: other + header,
    *body() {
      reads += 1;
      for (let count = 0; count < 512; count += 1) yield chunk;
    },
  };
  const before = process.memoryUsage().arrayBuffers;
  await quickly(async () => {
    const answers = await dkim.verify(message);
    assert.deepEqual(
      answers.map(({ result }) => result),
      ['fail', 'fail'],
    );
  });
  assert.equal(reads, 1);
  assert.ok(process.memoryUsage().arrayBuffers - before < 16_000_000);
});

test('names are asked for once a message, however many signatures name them', async () => {
  let asked = 0;
  const { resolve } = resolverOf(records);
  const counting = {
    resolve: (async (name: string, type: 'TXT') => {
      asked += 1;
      return (resolve as (name: string, type: 'TXT') => Promise<unknown>)(name, type);
    }) as never,
  };
  const verifier = createDkimVerifier({ ...options, resolver: counting });
  const message = messageOf(signedBy(signedBy(plain, { key }), { key }));
  const results = (await verifier.verify(message)).map(({ result }) => result);
  assert.deepEqual([results, asked], [['pass', 'pass'], 1]);
});
