import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddresses } from './address-list.ts';

/** name <mailbox@domain>; "group:" and ";" */
function shown(text: string): readonly string[] {
  return parseAddresses(text).map(({ name, mailbox, domain }) => {
    if (mailbox === undefined) return ';';
    if (domain === undefined) return `${mailbox}:`;
    const address = `${mailbox}@${domain}`;
    return name === undefined ? address : `${name} <${address}>`;
  });
}

test('names, quotes, comments (RFC 5322 §3.4)', () => {
  assert.deepEqual(shown('a@b.test'), ['a@b.test']);
  assert.deepEqual(shown('Ana B. <a@b>, "C, D" <c@d>'), ['Ana B. <a@b>', 'C, D <c@d>']);
  assert.deepEqual(shown('a@b (Ana (the first))'), ['Ana (the first) <a@b>']);
  assert.deepEqual(shown('"a b"@c, a@[1.2.3.4]'), ['a b@c', 'a@[1.2.3.4]']);
  assert.deepEqual(shown('=?utf-8?B?w7Y=?= <a@b>, Öä <öä@bücher.test>'), [
    'ö <a@b>',
    'Öä <öä@bücher.test>',
  ]);
});

test('groups begin and end, also when nobody ends them (RFC 5322 §3.4)', () => {
  assert.deepEqual(shown('undisclosed-recipients:;'), ['undisclosed-recipients:', ';']);
  assert.deepEqual(shown('g: a@b, C <c@d>; e@f'), ['g:', 'a@b', 'C <c@d>', ';', 'e@f']);
  assert.deepEqual(shown('g: a@b'), ['g:', 'a@b', ';']);
});

test('obsolete forms: routes, blanks around dots, empty elements (RFC 5322 §4.4)', () => {
  assert.deepEqual(shown('<@x,@y:a@b>'), ['a@b']);
  assert.deepEqual(shown('john . doe @ example . test'), ['john.doe@example.test']);
  assert.deepEqual(shown(',, a@b ,,c@d,'), ['a@b', 'c@d']);
});

test('mistakes lose nobody', () => {
  assert.deepEqual(shown('a@b c@d'), ['a@b', 'c@d']);
  assert.deepEqual(shown('a@b; c@d'), ['a@b', 'c@d']);
  assert.deepEqual(shown('"open <a@b>, c@d'), ['open <a@b>', 'c@d']);
  assert.deepEqual(shown('a@b <a@b>'), ['a@b <a@b>']);
  assert.deepEqual(shown('root, Name <>'), ['root@', 'Name <@>']);
  assert.deepEqual(shown('<a@b'), ['a@b']);
});
