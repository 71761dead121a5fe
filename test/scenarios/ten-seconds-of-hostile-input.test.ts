// A slice of the fuzzing for every run; `pnpm fuzz` goes on for as long as one likes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz, targets } from '../fuzz/fuzz.ts';
import { seed } from '../kit/findings.ts';

const secondsAltogether = 10;

for (const target of targets) {
  test(`hostile input: ${target.name} (seed ${seed})`, async (t) => {
    const rounds = await fuzz({
      seed,
      targets: [target],
      durationMs: (secondsAltogether * 1000) / targets.length,
      onProgress: (text) => t.diagnostic(text),
    });
    assert.ok((rounds.get(target.name) ?? 0) > 0);
  });
}
