import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContentFacts } from '../facts.ts';
import { fromField } from './from-field.ts';

async function actionFor(fromFields: number, fromBytes: number): Promise<string> {
  return (await fromField.judge({ fromFields, fromBytes } as ContentFacts)).action;
}

test('one From is as it should be, none weighs, two are refused (RFC 5322 §3.6, threat 28)', async () => {
  assert.equal(await actionFor(1, 60), 'pass');
  assert.equal(await actionFor(0, 0), 'note');
  assert.equal(await actionFor(2, 60), 'refuse');
});

test('a From too long to be read is refused: it could name one of our domains and nobody would look', async () => {
  assert.equal(await actionFor(1, 10_001), 'refuse');
  assert.equal(await actionFor(1, 9_000), 'pass');
});
