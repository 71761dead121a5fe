import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayUse } from './may-use.ts';
import type { Directory } from './resolve.ts';

const rules = { tagSeparatorOf: () => '+', isCaseSensitive: () => false };
const aliases: Readonly<Record<string, readonly string[]>> = {
  'sales@x.test': ['ana@x.test', 'bob@x.test'],
  'all@x.test': ['sales@x.test'],
  'chief@x.test': ['boss@x.test'],
  'boss@x.test': ['ana@x.test'],
  'away@x.test': ['ana@x.test', 'carl@else.test'],
  'cid@x.test': ['ana@x.test'],
};
const directory: Directory = {
  isAccount: (address) =>
    ['ana@x.test', 'bob@x.test', 'cid@x.test', 'eve+x@x.test'].includes(address),
  targetsOf: (address) => aliases[address],
  catchAllOf: (domain) => (domain === 'y.test' ? 'ana@x.test' : undefined),
};
const ana = (address: string) => mayUse('ana@x.test', address, { directory, rules });
const bob = (address: string) => mayUse('bob@x.test', address, { directory, rules });

test('an account writes from its own address, in any case and with any tag', () => {
  for (const address of ['ana@x.test', 'ANA@X.test', 'ana+list@x.test', '"ana"@x.test'])
    assert.equal(ana(address), true, address);
  for (const address of ['eve+x@x.test', 'anna@x.test', 'ana@z.test', 'ana', ''])
    assert.equal(ana(address), false, address);
});

test('an alias may be used by those it names, and by the one it leads to alone', () => {
  for (const address of ['sales@x.test', 'Sales+de@x.test', 'chief@x.test', 'away@x.test'])
    assert.equal(ana(address), true, address);
  assert.equal(bob('sales@x.test'), true);
  assert.equal(ana('all@x.test'), false, 'a list of a list is not hers alone');
  assert.equal(bob('chief@x.test'), false);
});

test('an account keeps its own address while its mail goes elsewhere', () => {
  assert.equal(mayUse('cid@x.test', 'cid@x.test', { directory, rules }), true);
  assert.equal(ana('cid@x.test'), true, 'who gets the mail may answer it');
});

test('who gets the unknown mail of a domain may write as its unknown people', () => {
  assert.equal(ana('anything@y.test'), true);
  assert.equal(bob('anything@y.test'), false);
  assert.equal(mayUse('gone@y.test', 'gone@y.test', { directory, rules }), false);
});
