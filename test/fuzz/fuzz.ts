// Runs targets for a while, one round after the other. A broken promise ends it with everything needed to see it again.
import { seededRandom } from '../kit/seeded-random.ts';
import { clusterFiles } from './targets/cluster-files.ts';
import { hopNotes } from './targets/hop-notes.ts';
import { redisValues } from './targets/redis-values.ts';
import { smtpSessions } from './targets/smtp-sessions.ts';
import { spoolSegments } from './targets/spool-segments.ts';
import type { Target } from './target.ts';

export const targets: readonly Target[] = [
  smtpSessions,
  spoolSegments,
  hopNotes,
  clusterFiles,
  redisValues,
];

export interface FuzzOptions {
  readonly seed: number;
  readonly targets: readonly Target[];
  /** For each target. */
  readonly durationMs: number;
  /** Where to begin; with one round this is how a finding is seen again. */
  readonly fromRound?: number;
  readonly roundsMax?: number;
  readonly onProgress: (text: string) => void;
}

export class FuzzFinding extends Error {
  override readonly name = 'FuzzFinding';
}

/** Rounds made, by target. Throws the first finding. */
export async function fuzz(options: FuzzOptions): Promise<ReadonlyMap<string, number>> {
  const rounds = new Map<string, number>();
  for (const target of options.targets) rounds.set(target.name, await fuzzOne(target, options));
  return rounds;
}

async function fuzzOne(
  target: Target,
  { seed, durationMs, fromRound = 0, roundsMax = Infinity, onProgress }: FuzzOptions,
): Promise<number> {
  const stray: unknown[] = [];
  const note = (cause: unknown) => stray.push(cause);
  process.on('unhandledRejection', note).on('uncaughtException', note);
  try {
    await using open = await target.open();
    const endMs = performance.now() + durationMs;
    let saidMs = performance.now();
    let round = fromRound;
    for (; round - fromRound < roundsMax && performance.now() < endMs; round += 1) {
      await open
        .round(seededRandom(seed * 1_000_003 + round))
        .catch((cause: unknown) => fail(cause));
      if (stray.length > 0) fail(stray[0]);
      if (performance.now() - saidMs > 10_000) {
        saidMs = performance.now();
        onProgress(`${target.name}: ${round - fromRound} rounds`);
      }
    }
    onProgress(`${target.name}: ${round - fromRound} rounds, nothing found`);
    return round - fromRound;

    function fail(cause: unknown): never {
      throw new FuzzFinding(
        `${target.name}, round ${round}: ${String(cause)}\nTo see it again: pnpm fuzz --target ${target.name} --seed ${seed} --round ${round}`,
        { cause },
      );
    }
  } finally {
    process.off('unhandledRejection', note).off('uncaughtException', note);
  }
}
