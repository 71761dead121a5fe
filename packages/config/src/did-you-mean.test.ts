import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean } from './did-you-mean.ts';

test('a slip of the finger finds its word, a different word finds nothing', () => {
  const words = ['probe_interval', 'probe_timeout', 'jitter', 'lifetime'];
  assert.equal(didYouMean('probe_intervall', words), 'probe_interval');
  assert.equal(didYouMean('probeinterval', words), 'probe_interval');
  assert.equal(didYouMean('jitetr', words), 'jitter');
  assert.equal(didYouMean('lifetme', words), 'lifetime');
  assert.equal(didYouMean('quota', words), undefined);
  assert.equal(didYouMean('', []), undefined);
});
