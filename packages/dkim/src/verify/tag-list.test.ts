import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBase64, parseTagList } from './tag-list.ts';

function read(text: string): Record<string, string> | undefined {
  const tags = parseTagList(text);
  return tags && Object.fromEntries([...tags].map(([name, { value }]) => [name, value]));
}

test('blanks and folds around names and values do not count (RFC 6376 §3.2)', () => {
  assert.deepEqual(read(' a = 1 ;\r\n\tb_2\t=\r\n x y\r\n\tz ; c=;'), {
    a: '1',
    b_2: 'x y\r\n\tz',
    c: '',
  });
  assert.deepEqual(read('a=b=c; d=1\r\n'), { a: 'b=c', d: '1' });
});

test('names are not folded in case, values neither (RFC 6376 §3.2)', () => {
  assert.deepEqual(read('a=x; A=Y'), { a: 'x', A: 'Y' });
});

test('a name twice, a part that is no tag, or a control character spoils the list (RFC 6376 §3.2)', () => {
  const bad = [
    '',
    ';',
    'a',
    'a=1; a=2',
    'a=1;;b=2',
    'a=1;b',
    '=1',
    '1a=1',
    'a-b=1',
    'a=\0',
    'a=1\r2',
    'a=1\n2',
    'a=1\r\n2',
    'a b=1',
  ];
  for (const text of bad) assert.equal(read(text), undefined, JSON.stringify(text));
});

test('the place of a value is known, so that it can be taken out (RFC 6376 §3.7)', () => {
  const text = 'X: a=1; b= abc\r\n def ; c=2';
  const { start = 0, end = 0 } = parseTagList(text, 2)?.get('b') ?? {};
  assert.equal(text.slice(0, start) + text.slice(end), 'X: a=1; b=; c=2');
});

test('base64 may be folded, and says one thing in one way only', () => {
  assert.equal(decodeBase64('aG Vs\r\n\tbG8=')?.toString(), 'hello');
  assert.equal(decodeBase64('aGVsbG8')?.toString(), 'hello');
  for (const bad of ['', 'aGVsbG9=', 'aGVsbG8==', 'a', '!!!!', 'aGVs=bG8', 'aGVs_-8=', '=']) {
    assert.equal(decodeBase64(bad), undefined, bad);
  }
});

test('a list of half a million parts, or of one endless one, takes linear time', () => {
  const startedMs = performance.now();
  parseTagList('a=1;'.repeat(500_000));
  parseTagList(Array.from({ length: 100_000 }, (_, index) => `a${index}=x`).join(';'));
  parseTagList(`a=${' \r\n'.repeat(500_000)}`);
  parseTagList(`b=${' '.repeat(1_000_000)}x;`);
  decodeBase64(`${'A='.repeat(500_000)}`);
  assert.ok(performance.now() - startedMs < 10_000);
});
