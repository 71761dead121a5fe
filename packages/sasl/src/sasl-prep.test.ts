import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saslPrep } from './sasl-prep.ts';

test('the examples of RFC 4013 §3', () => {
  assert.equal(saslPrep('I\u00adX'), 'IX');
  assert.equal(saslPrep('user'), 'user');
  assert.equal(saslPrep('USER'), 'USER');
  assert.equal(saslPrep('\u00aa'), 'a');
  assert.equal(saslPrep('\u2168'), 'IX');
  assert.equal(saslPrep('\u0007'), undefined);
});

test('spaces become one, and an accent is one character however it was typed (RFC 4013 §2.1, §2.2)', () => {
  assert.equal(saslPrep('a\u00a0b\u3000c'), 'a b c');
  assert.equal(saslPrep('pa\u0308ss'), 'p\u00e4ss');
});

test('nothing, controls, private use and tags are prohibited (RFC 4013 §2.3)', () => {
  for (const text of ['', '\u00ad', 'a\0', 'a\u007f', '\ue000', '\ufffd', '\u202e', '\u{e0041}'])
    assert.equal(saslPrep(text), undefined, JSON.stringify(text));
});
