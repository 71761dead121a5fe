import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEntryIndex } from './entry-index.ts';
import { entryFrom } from './new-entry.ts';
import type { MatchFacts, OperatorEntry } from './operator-lists.ts';
import { byParticularity } from './particular.ts';
import { subjectText } from './parse-subject.ts';

const nothing = () => undefined;
const entry = (text: string): OperatorEntry => {
  const [list = '', subject = '', forWhom] = text.split(' ');
  assert.ok(list === 'block' || list === 'allow');
  const more = forWhom === undefined ? {} : { for: forWhom };
  return entryFrom({ list, subject, reason: '', author: 'ops', ...more }, 1000, nothing);
};
const wordsOf = ({ list, subject, for: forWhom }: OperatorEntry) =>
  [list, subjectText(subject), ...(forWhom === undefined ? [] : [forWhom])].join(' ');

function found(entries: readonly string[], facts: MatchFacts): readonly string[] {
  const index = createEntryIndex();
  for (const text of entries) index.add(entry(text));
  return index.find(facts).toSorted(byParticularity).map(wordsOf);
}

test('networks of any length, of both families, and mapped addresses', () => {
  const entries = [
    'block 192.0.2.0/24',
    'block 192.0.0.0/9',
    'allow 192.0.2.7',
    'block 2001:db8::/32',
  ];
  assert.deepEqual(found(entries, { clientAddress: '192.0.2.7' }), [
    'allow 192.0.2.7',
    'block 192.0.2.0/24',
    'block 192.0.0.0/9',
  ]);
  assert.deepEqual(found(entries, { clientAddress: '::ffff:192.0.2.8' }), [
    'block 192.0.2.0/24',
    'block 192.0.0.0/9',
  ]);
  assert.deepEqual(found(entries, { clientAddress: '2001:db8:ffff::1' }), ['block 2001:db8::/32']);
  for (const clientAddress of ['2001:db9::1', '193.0.2.7', '', 'nonsense', '192.0.2.7.1'])
    assert.deepEqual(found(entries, { clientAddress }), []);
});

test('a domain is itself, ".domain" all below it and not itself', () => {
  const entries = ['block spam.example', 'block .spam.example', 'block .example'];
  assert.deepEqual(found(entries, { sender: 'x@spam.example' }), [
    'block spam.example',
    'block .example',
  ]);
  assert.deepEqual(found(entries, { sender: 'X@a.B.spam.Example' }), [
    'block .spam.example',
    'block .example',
  ]);
  assert.deepEqual(found(entries, { sender: 'x@notspam.test' }), []);
  assert.deepEqual(found(entries, { sender: '' }), []);
});

test('the name a client gives itself blocks it, and never lets it in', () => {
  const entries = ['block bad.example', 'allow good.example'];
  assert.deepEqual(found(entries, { helo: 'bad.example' }), ['block bad.example']);
  assert.deepEqual(found(entries, { helo: 'GOOD.example' }), []);
  assert.deepEqual(found(entries, { helo: 'bad.example', sender: 'a@bad.example' }), [
    'block bad.example',
  ]);
});

test('what somebody wants for himself is for his mail only, and his wish to be let in comes first', () => {
  const entries = [
    'block spam.example',
    'block ana@spam.example b.test',
    'allow spam.example bo@b.test',
  ];
  const sender = 'ana@spam.example';
  assert.deepEqual(found(entries, { sender, recipient: 'Bo@b.test' }), [
    'allow spam.example bo@b.test',
    'block ana@spam.example b.test',
    'block spam.example',
  ]);
  assert.deepEqual(found(entries, { sender, recipient: 'x@c.test' }), ['block spam.example']);
  assert.deepEqual(found(entries, { sender }), ['block spam.example']);
});

test('a removed entry is not found', () => {
  const index = createEntryIndex();
  const [one, other] = [entry('block spam.example'), entry('allow spam.example')];
  index.add(one);
  index.add(other);
  index.remove(one);
  assert.deepEqual(index.find({ sender: 'x@spam.example' }), [other]);
  index.remove(other);
  assert.deepEqual(index.find({ sender: 'x@spam.example' }), []);
});

test('a look among 50,000 entries takes microseconds', () => {
  const index = createEntryIndex();
  for (let at = 0; at < 50_000; at += 1) {
    const network = `10.${(at >> 8) & 255}.${at & 255}.0/24`;
    index.add(entry(`block ${at % 3 === 0 ? network : `s${at}.example`}`));
  }
  const began = performance.now();
  const times = 2000;
  for (let at = 0; at < times; at += 1)
    index.find({ clientAddress: '10.1.2.3', sender: `x@s${at}.example`, recipient: 'a@b.test' });
  const eachMs = (performance.now() - began) / times;
  assert.ok(eachMs < 0.5, `${eachMs} ms`);
});
