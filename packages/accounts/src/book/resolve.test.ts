import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Directory, resolveAddress } from './resolve.ts';

const rules = { tagSeparatorOf: () => '+', isCaseSensitive: () => false };

function directory(
  accounts: readonly string[],
  aliases: Readonly<Record<string, readonly string[]>> = {},
  catchAlls: Readonly<Record<string, string>> = {},
): Directory {
  return {
    isAccount: (address) => accounts.includes(address),
    targetsOf: (address) => aliases[address],
    catchAllOf: (domain) => catchAlls[domain],
  };
}

test('a person is found in any case and with any tag; a tagged account of its own goes first', () => {
  const people = directory(['ana@x.test', 'bob+list@x.test', 'bob@x.test']);
  assert.deepEqual(resolveAddress('ANA+News@X.test', people, rules), ['ana@x.test']);
  assert.deepEqual(resolveAddress('bob+list@x.test', people, rules), ['bob+list@x.test']);
  assert.deepEqual(resolveAddress('eve@x.test', people, rules), []);
  assert.deepEqual(resolveAddress('not an address', people, rules), []);
});

test('aliases lead to accounts, to aliases and elsewhere; everybody once', () => {
  const people = directory(['ana@x.test', 'bob@x.test'], {
    'team@x.test': ['ana@x.test', 'both@x.test', 'Carl+a@else.test'],
    'both@x.test': ['bob@x.test', 'ana@x.test'],
  });
  assert.deepEqual(resolveAddress('team+tag@x.test', people, rules), [
    'ana@x.test',
    'bob@x.test',
    'carl+a@else.test',
  ]);
});

test('an alias that names itself means the mailbox of that name', () => {
  const people = directory(['ana@x.test', 'bob@x.test'], {
    'ana@x.test': ['ana@x.test', 'bob@x.test'],
  });
  assert.deepEqual(resolveAddress('ana@x.test', people, rules), ['ana@x.test', 'bob@x.test']);
});

test('loops end, and chains beyond the limit lead to nobody', () => {
  const loop = directory([], { 'a@x.test': ['b@x.test'], 'b@x.test': ['a@x.test'] });
  assert.deepEqual(resolveAddress('a@x.test', loop, rules), []);
  const chain = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`a${index}@x.test`, [`a${index + 1}@x.test`]]),
  );
  const people = directory(['a30@x.test'], chain);
  assert.deepEqual(resolveAddress('a25@x.test', people, rules), ['a30@x.test']);
  assert.deepEqual(resolveAddress('a0@x.test', people, rules), []);
  assert.deepEqual(resolveAddress('a0@x.test', people, { ...rules, aliasDepthMax: 40 }), [
    'a30@x.test',
  ]);
});

test('the catch-all gets what nobody else gets, here or elsewhere', () => {
  const people = directory(
    ['ana@x.test'],
    {},
    { 'x.test': 'ana@x.test', 'y.test': 'all@else.test', 'z.test': 'gone@z.test' },
  );
  assert.deepEqual(resolveAddress('any@x.test', people, rules), ['ana@x.test']);
  assert.deepEqual(resolveAddress('any@y.test', people, rules), ['all@else.test']);
  assert.deepEqual(
    resolveAddress('any@z.test', people, rules),
    [],
    'a catch-all that leads to itself leads to nobody',
  );
});
