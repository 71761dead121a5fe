import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { explanations } from './explanations.ts';

test('every check there is can be explained, in English and in Chinese', () => {
  const folder = new URL('../checks/', import.meta.url);
  const names = readdirSync(folder).flatMap((file) => {
    const name = /^\s+name: '([a-z-]+)',$/m.exec(readFileSync(new URL(file, folder), 'utf8'))?.[1];
    return name === undefined ? [] : [name];
  });
  assert.ok(names.length >= 14, names.join(' '));
  assert.deepEqual(
    names.filter((name) => explanations[name] === undefined),
    [],
  );
  for (const { en, zh } of Object.values(explanations)) {
    assert.ok(en.what.endsWith('.') && en.todo.endsWith('.'));
    assert.ok(/[\u4e00-\u9fff]/.test(zh.what) && zh.todo.endsWith('。'));
  }
});
