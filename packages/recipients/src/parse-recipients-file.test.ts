import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createListOf } from './list-of-snapshot.ts';
import { parseRecipientsFile } from './parse-recipients-file.ts';

const domains = [
  { name: 'x.test', tagSeparator: '+', isCaseSensitive: false },
  { name: 'y.test', tagSeparator: '', isCaseSensitive: false },
];

test('one address a line, comments, Postfix relay_recipients lines and whole domains', () => {
  const text =
    '\ufeff# people\r\n\r\n  Ana@X.test\r\nbob@x.test\tOK\n#eve@x.test\n@y.test   anything\n';
  const parsed = parseRecipientsFile(text, domains);
  assert.deepEqual(parsed.problems, []);
  const list = createListOf({
    version: 1,
    epoch: 'e',
    site: 's',
    madeAtMs: 0,
    domains: parsed.domains,
  });
  const kinds = ['ana+t@x.test', 'BOB@x.test', 'eve@x.test', 'any@y.test'].map(
    (address) => list.lookup(address).kind,
  );
  assert.deepEqual(kinds, ['known', 'known', 'unknown', 'known']);
});

test('postmaster and abuse are there though nobody wrote them down (RFC 5321 §4.5.1, RFC 2142)', () => {
  const { domains: parsed } = parseRecipientsFile('ana@x.test\n', domains);
  const list = createListOf({ version: 1, epoch: 'e', site: 's', madeAtMs: 0, domains: parsed });
  assert.equal(list.lookup('PostMaster@x.test').kind, 'known');
  assert.equal(list.lookup('postmaster@y.test').kind, 'known');
  assert.equal(list.lookup('abuse@y.test').kind, 'known');
});

test('every problem is reported with its line', () => {
  const text =
    'ana@x.test\nnobody\nbob@else.test\n@else.test OK\nana@x.test,bob@x.test\nana@x.test OK twice\n@\n';
  const { problems } = parseRecipientsFile(text, domains);
  assert.deepEqual(
    problems.map(({ line }) => line),
    [2, 3, 4, 5, 6, 7],
  );
  assert.match(problems[1]?.problem ?? '', /else\.test is not a domain this file is for/);
});

test('a file that names nobody is a problem: it is being written, or was emptied by mistake', () => {
  for (const text of ['', '\n', '# nobody\n']) {
    assert.deepEqual(parseRecipientsFile(text, domains).problems, [
      { line: 0, problem: 'The file names nobody.' },
    ]);
  }
});
