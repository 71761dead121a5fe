// Time must not tell who exists: many logins with a wrong password, known and unknown people by turns, compared by Welch's t.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { from, makeLogins } from './logins-for-tests.ts';

const rounds = Number(process.env['RESTANTE_TIMINGS'] ?? 100);

test('a wrong password takes as long for people who exist, who do not, and who came from another server', async () => {
  await using made = await makeLogins();
  await made.book.addAccounts([
    { address: 'known@example.test', password: 'right-secret' },
    {
      address: 'brought@example.test',
      passwordHash: '{SSHA256}mVESchc52n0W5YfYEwAAygLfJIVF+mnqrfebDFVH2AIewOr/',
    },
  ]);
  const names = ['known', 'unknown', 'brought'] as const;
  const times = { known: [] as number[], unknown: [] as number[], brought: [] as number[] };
  for (let round = 0; round < rounds + 5; round += 1) {
    for (const name of names) {
      // Each from a place of its own, so that nobody is asked to wait.
      const place = from(`10.${round >> 8}.${round & 255}.${names.indexOf(name)}`);
      const startMs = performance.now();
      const verdict = await made.logins
        .credentialsFor(place)
        .verifyPassword(`${name}@example.test`, `wrong-${round}`);
      const tookMs = performance.now() - startMs;
      assert.equal(verdict.kind, 'refused');
      // The first ones warm up.
      if (round >= 5) times[name].push(tookMs);
    }
  }
  for (const name of ['unknown', 'brought'] as const) {
    const { t, difference } = compare(times.known, times[name]);
    // On a busy machine a far-out value proves little; a real difference is large in both measures.
    assert.ok(Math.abs(t) < 4.5 || difference < 0.05, `${name}: t = ${t}, off by ${difference}`);
  }
});

function compare(one: readonly number[], other: readonly number[]) {
  const [a, b] = [trimmed(one), trimmed(other)];
  const t = (mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length);
  return { t, difference: Math.abs(mean(a) - mean(b)) / mean(a) };
}

/** Without the slowest tenth: those are the machine's, not ours. */
function trimmed(times: readonly number[]): readonly number[] {
  return times.toSorted((x, y) => x - y).slice(0, Math.ceil(times.length * 0.9));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
