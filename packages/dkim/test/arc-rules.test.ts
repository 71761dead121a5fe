// What a chain has to be to pass, rule by rule (RFC 8617 §5.2); each test breaks one thing of a good chain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DnsError } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { createArcSealer, createArcVerifier } from '../src/index.ts';
import { keysOnly, messageOf, recordsOf, testKey, verifierOptions } from './dkimpy.ts';
import { signedBy } from './reference-signer.ts';

const key = testKey('relay.test', 'arc', 'rsa-sha256');
const records = recordsOf([key]);
const verifier = createArcVerifier(verifierOptions(records));
const plain = 'From: ana@home.test\r\nTo: bob@far.test\r\nSubject: x\r\n\r\nHello\r\n';

async function seal(message: string, results = 'relay.test; spf=pass smtp.mailfrom=home.test') {
  const parsed = messageOf(message);
  const problems: string[] = [];
  const onProblem = (problem: string) => problems.push(problem);
  const chain = await verifier.verify(parsed);
  const domain = 'relay.test';
  const set = await createArcSealer({ keys: keysOnly([key]), onProblem }).seal({
    message: parsed,
    chain,
    results,
    domain,
    atMs: Date.now(),
  });
  assert.deepEqual(problems, []);
  return set + message;
}

async function chainOf(count: number): Promise<string> {
  let message = plain;
  for (let instance = 1; instance <= count; instance += 1) message = await seal(message);
  return message;
}

async function verdict(message: string): Promise<string> {
  const { result, problem } = await verifier.verify(messageOf(message));
  return problem === undefined ? result : `${result}: ${problem}`;
}

/** Fields of the header with their line ends. */
function fieldsOf(message: string): string[] {
  return message.slice(0, message.indexOf('\r\n\r\n') + 2).split(/(?<=\r\n)(?![ \t])/);
}

const three = await chainOf(3);

test('no set is none, three good ones are a pass, whatever their order (RFC 8617 §5.2)', async () => {
  assert.equal(await verdict(plain), 'none');
  assert.equal(await verdict(three), 'pass');
  const fields = fieldsOf(three);
  const arc = fields.filter((field) => field.startsWith('ARC-'));
  const rest = fields.filter((field) => !field.startsWith('ARC-'));
  assert.equal(arc.length, 9);
  const shuffled = [...rest, ...arc.toReversed()].join('');
  assert.equal(await verdict(`${shuffled}\r\nHello\r\n`), 'pass');
});

test('each set has each field once, from 1 without gaps (RFC 8617 §5.2)', async () => {
  const fields = fieldsOf(three).slice(0, 9);
  for (const field of fields) {
    const without = three.replace(field, '');
    // Without the newest seal, message signature and results nobody can know of them.
    assert.match(await verdict(without), /^fail/, field);
    assert.match(await verdict(field + three), /^fail: .*twice/, field);
  }
  const lower = fields.slice(0, 3).reduce((text, field) => text.replace(field, ''), three);
  assert.equal(await verdict(lower), 'pass', 'a whole set taken away leaves what was before it');
  const gap = fields.slice(3, 6).reduce((text, field) => text.replace(field, ''), three);
  assert.match(await verdict(gap), /^fail/);
});

test('an instance is a number from 1 to 50 (RFC 8617 §4.2.1)', async () => {
  for (const bad of ['0', '51', '-1', 'one', '001', '']) {
    for (const name of ['ARC-Seal', 'ARC-Message-Signature', 'ARC-Authentication-Results']) {
      const text = three.replace(`${name}: i=3`, `${name}: i=${bad}`);
      assert.match(await verdict(text), /^fail/, `${name} ${bad}`);
    }
  }
});

test('cv= is none in the first seal and pass in all others (RFC 8617 §5.2)', async () => {
  assert.match(await verdict(three.replace('cv=none', 'cv=pass')), /^fail: Seal 1/);
  assert.match(await verdict(three.replace('cv=pass', 'cv=none')), /^fail: Seal 3/);
  assert.match(await verdict(three.replace('cv=pass', 'cv=fail')), /^fail: Seal 3 .*broken before/);
  assert.match(await verdict(three.replace('cv=pass', 'cv=maybe')), /^fail: Seal 3/);
  assert.match(await verdict(three.replace('cv=pass;', '')), /^fail/);
});

test('a seal with h= and a message signature over a seal are failures (RFC 8617 §4.1)', async () => {
  const one = await chainOf(1);
  assert.match(await verdict(one.replace('ARC-Seal: i=1;', 'ARC-Seal: i=1; h=from;')), /h=/);
  const signed = signedBy(plain, {
    key,
    names: ['From', 'ARC-Seal'],
    tags: { v: undefined, i: '1' },
  });
  const [own = ''] = fieldsOf(signed);
  const [first = '', , third = ''] = fieldsOf(one);
  const covering = own.replace('DKIM-Signature:', 'ARC-Message-Signature:');
  assert.match(await verdict(`${first}${covering}${third}${plain}`), /cover a seal/);
});

test('a change of body, signed fields or any older set is noticed', async () => {
  const body = three.indexOf('\r\n\r\n') + 4;
  for (let at = 0; at < three.length; at += 1) {
    if (/[ \t\r\n]/.test(three[at] ?? '')) continue;
    const other = three[at] === 'a' ? 'b' : 'a';
    const text = three.slice(0, at) + other + three.slice(at + 1);
    const isCase = text.toLowerCase() === three.toLowerCase();
    const answer = await verifier.verify(messageOf(text));
    // A damaged field name takes a field away; of the newest set that is noticed by those of it that are left.
    assert.ok(
      answer.result === 'fail' || isCase,
      `${at} of ${body}: ${text.slice(at - 20, at + 20)}`,
    );
  }
});

test('two authors are a failure, whichever is signed (threat 28)', async () => {
  const text = three.replace('From:', 'From: eve@evil.test\r\nFrom:');
  assert.match(await verdict(text), /^fail/);
});

test('what DNS cannot tell is temperror, a key that is gone is a failure', async () => {
  const answered = async (code: 'ESERVFAIL' | 'ENOTFOUND') => {
    const resolve = async (name: string) => {
      throw new DnsError(code, { hostname: name, type: 'TXT' });
    };
    const resolver = { resolve: resolve as never };
    const options = { resolver, clock: systemClock, budgetMs: 1_000 };
    return (await createArcVerifier(options).verify(messageOf(three))).result;
  };
  assert.equal(await answered('ESERVFAIL'), 'temperror');
  assert.equal(await answered('ENOTFOUND'), 'fail');
});

test('fifty sets are checked, and nobody adds another (RFC 8617 §4.2.1)', async () => {
  const full = await chainOf(50);
  const answer = await verifier.verify(messageOf(full));
  assert.deepEqual([answer.result, answer.instances], ['pass', 50]);
  assert.equal(await seal(full), full);
});

test('without a key, or without an answer from DNS, there is no seal', async () => {
  const sealer = createArcSealer({ keys: keysOnly([]) });
  const chain = await verifier.verify(messageOf(plain));
  const message = messageOf(plain);
  const more = { message, results: 'x', domain: 'relay.test', atMs: 0 };
  assert.equal(await sealer.seal({ ...more, chain }), '');
  const unknown = { ...chain, result: 'temperror' as const };
  const own = createArcSealer({ keys: keysOnly([key]) });
  assert.equal(await own.seal({ ...more, chain: unknown }), '');
});

test('results cannot put lines of their own into the header (threat 10)', async () => {
  const message = await seal(
    plain,
    `relay.test; spf=pass reason="a\r\nX: 1"; ${'long '.repeat(500)}`,
  );
  assert.ok(!fieldsOf(message).some((field) => field.startsWith('X:')));
  assert.ok(message.split('\r\n').every((line) => line.length <= 998));
  assert.equal(await verdict(message), 'pass');
});
