import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvField, readAccountCsv } from './account-csv.ts';

test('columns in any order, fields in quotes, line ends of any kind (RFC 4180 §2)', () => {
  const text =
    '\ufeffState,Address,password,quota,messages\r\n' +
    'active,ana@x.test,"a ""b"", c",1GiB,1000\r\n' +
    '\n' +
    ',"bo@x.test","two\nlines",,\n' +
    'suspended,cy@x.test,p,none,';
  assert.deepEqual(readAccountCsv(text), [
    {
      line: 2,
      row: {
        address: 'ana@x.test',
        password: 'a "b", c',
        quotaBytes: 1024 ** 3,
        quotaMessages: 1000,
        state: 'active',
      },
    },
    { line: 4, row: { address: 'bo@x.test', password: 'two\nlines' } },
    { line: 6, row: { address: 'cy@x.test', password: 'p', state: 'suspended' } },
  ]);
});

test('every problem has its line, and an unknown column is one of the whole file', () => {
  const lines = readAccountCsv(
    'address,hash,password,quota,messages,state\n' +
      'ana,,,,,\n' +
      'bo@x.test,{SSHA}x,secret,,,\n' +
      'cy@x.test,,,big,,\n' +
      'di@x.test,,,,many,\n' +
      'ed@x.test,,,,,away\n' +
      'fa@x.test,,,,\n' +
      'gi@x.test,,"stray" quote,,,\n' +
      'ho@x.test,,,,,"',
  );
  assert.deepEqual(
    lines.map((each) => [each.line, 'problem' in each]),
    [2, 3, 4, 5, 6, 7, 8, 9].map((line) => [line, true]),
  );
  const [whole, ...rest] = readAccountCsv('address,quotta\nana@x.test,1\n');
  assert.ok(whole && 'problem' in whole && /quotta/.test(whole.problem));
  assert.deepEqual(rest, []);
  assert.deepEqual(readAccountCsv(''), []);
});

test('what is written is read again, and no spreadsheet takes it for a formula', () => {
  for (const value of ['=1+1@x.test', '+x@x.test', '"a,b"@x.test', 'ana@x.test']) {
    const [read] = readAccountCsv(`address\n${csvField(value)}\n`);
    assert.equal(read && 'row' in read && read.row.address, value);
  }
  assert.match(csvField('=cmd()'), /^'=/);
});

test('a hundred thousand lines are read in a moment', () => {
  const startMs = performance.now();
  const lines = Array.from({ length: 100_000 }, (_, index) => `p${index}@x.test,"pass,word"`);
  assert.equal(readAccountCsv(`address,password\n${lines.join('\n')}`).length, 100_000);
  assert.equal(readAccountCsv(`address,password\n"${'x'.repeat(2_000_000)}`).length, 1);
  assert.ok(performance.now() - startMs < 3000);
});
