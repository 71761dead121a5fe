import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTomlLines } from './toml-lines.ts';

test('keys, tables, arrays of tables, dotted and quoted keys are found at their lines', () => {
  const text = [
    '# a comment = 1', // 1
    'top = "x" # more', // 2
    '', // 3
    '[a]', // 4
    'b.c = 1', // 5
    '"q.r" = [', // 6
    '  "]", # not the end', // 7
    '  """', // 8
    'key = "inside"', // 9
    '"""', // 10
    ']', // 11
    "lit = '''", // 12
    "it's [not] a = table", // 13
    "'''", // 14
    'after = { x = 1, y = [2] }', // 15
    '[[site]]', // 16
    'name = "one"', // 17
    '  [site.listen]', // 18
    '  smtp = "a"', // 19
    '[[ site ]]', // 20
    'name = "two"', // 21
    "[site . 'listen']", // 22
    'smtp = "b"', // 23
  ].join('\r\n');
  const { lineOf } = findTomlLines(text);
  const expected: readonly (readonly [readonly (string | number)[], number])[] = [
    [['top'], 2],
    [['a'], 4],
    [['a', 'b'], 5],
    [['a', 'b', 'c'], 5],
    [['a', 'q.r'], 6],
    [['a', 'lit'], 12],
    [['a', 'after'], 15],
    [['a', 'after', 'y'], 15],
    [['site', 0, 'name'], 17],
    [['site', 0, 'listen', 'smtp'], 19],
    [['site', 1], 20],
    [['site', 1, 'name'], 21],
    [['site', 1, 'listen', 'smtp'], 23],
    [['site', 1, 'listen', 'missing'], 22],
  ];
  for (const [path, line] of expected) assert.equal(lineOf(path), line, path.join('.'));
  assert.equal(lineOf(['nowhere']), undefined);
});

test('odd texts end', () => {
  for (const text of ['', '\n\n', '[', 'a', 'a =', 'a = """', 'a = [', '[[x', '"', "'''", '=', ']'])
    findTomlLines(text);
});
