import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AddressRules, candidatesOf, canonicalAddress } from './canonical-address.ts';

const rules: AddressRules = {
  tagSeparatorOf: (domain) => (domain === 'dash.test' ? '-' : '+'),
  isCaseSensitive: (domain) => domain === 'case.test',
};

for (const [written, canonical] of [
  ['Ana@Example.TEST', 'ana@example.test'],
  ['"ana"@example.test', 'ana@example.test'],
  [String.raw`"a\na"@example.test`, 'ana@example.test'],
  ['"a b"@example.test', '"a b"@example.test'],
  [String.raw`"a\"b\\c"@example.test`, String.raw`"a\"b\\c"@example.test`],
  ['".."@example.test', '".."@example.test'],
  ['"a@b"@example.test', '"a@b"@example.test'],
  ['A\u0308pfel@example.test', '\u00e4pfel@example.test'],
  ['Ana@case.test', 'Ana@case.test'],
  ['PostMaster@case.test', 'postmaster@case.test'],
  ['ana@bücher.test', 'ana@xn--bcher-kva.test'],
] as const) {
  test(`${written} is spelled ${canonical} (RFC 5321 §2.4, §4.1.2, §4.5.1; RFC 6532 §3.1)`, () => {
    assert.equal(canonicalAddress(written, rules)?.address, canonical);
    assert.equal(canonicalAddress(canonical, rules)?.address, canonical, 'stable');
  });
}

test('what is no address has no canonical form', () => {
  for (const text of [
    '',
    'ana',
    '@example.test',
    'ana@',
    'a b@example.test',
    'ana@exa mple',
    `${'x'.repeat(65)}@example.test`,
    'a\0b@example.test',
  ]) {
    assert.equal(canonicalAddress(text, rules), undefined, text);
  }
});

test('tags are tried away from the right, so that a name with the separator in it wins', () => {
  const candidates = (text: string) =>
    candidatesOf(canonicalAddress(text, rules) ?? assert.fail(), rules);
  assert.deepEqual(candidates('ana@example.test'), ['ana@example.test']);
  assert.deepEqual(candidates('Ana+News@example.test'), [
    'ana+news@example.test',
    'ana@example.test',
  ]);
  assert.deepEqual(candidates('mary-ann-x@dash.test'), [
    'mary-ann-x@dash.test',
    'mary-ann@dash.test',
    'mary@dash.test',
  ]);
  assert.deepEqual(candidates('+x@example.test'), ['+x@example.test'], 'a tag of nobody');
});
