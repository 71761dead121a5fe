// The health of one list.
//
//   unknown ──(test points right)──▶ well ──(test points wrong or silent twice, or it refuses us)──▶ off ──(right again)──▶ well
//
// Promises: a list that closed for good is never asked. Looks at the test points are shared by all who want one. What is off is
// looked at more often than what is well, so that it comes back soon.
import type { Resolver } from '@restante/dns';
import type { Clock } from '@restante/runtime';
import { askAddresses } from './ask.ts';
import type { Found } from './ask.ts';
import type { BlockListEvent, ListHealth, ListSettings } from './block-lists.ts';
import { startBudget } from './budget.ts';
import { closedBecause } from './known-lists.ts';
import { freshQuestion, judgeTestPoints, testPointsOf } from './test-points.ts';
import type { TestJudgement } from './test-points.ts';

export interface ListWatch {
  readonly state: ListHealth['state'];
  health(): ListHealth;
  /** Looks now. Never rejects. */
  look(): Promise<void>;
  /** Before a hit counts: looks, unless somebody did a moment ago. */
  lookAgainIfStale(): Promise<void>;
  /** What ordinary questions show. Answers are no sign of life: they may be remembered. */
  unanswered(): void;
  refused(problem: string): void;
  /** Looks from time to time until the signal; never rejects. */
  run(): Promise<void>;
}

export interface ListWatchOptions {
  readonly settings: ListSettings;
  readonly resolver: Pick<Resolver, 'resolve'>;
  readonly clock: Clock;
  readonly budgetMs: number;
  readonly healthEveryMs: number;
  readonly onEvent: (event: BlockListEvent) => void;
  readonly signal: AbortSignal;
}

const unansweredMax = 5;
const staleMs = 60_000;
const offEveryMs = 60_000;

export function createListWatch(options: ListWatchOptions): ListWatch {
  const { settings, clock, signal, onEvent } = options;
  const { zone } = settings;
  const points = testPointsOf(settings);
  const closed = closedBecause(zone);
  const roundMs = Math.min(offEveryMs, options.healthEveryMs);
  let health: ListHealth = { zone, state: 'unknown', sinceMs: clock.now() };
  let lookedAtMs = -Infinity;
  let unansweredSinceLook = 0;
  let looking: Promise<void> | undefined;

  const become = (state: 'well' | 'off', problem?: string) => {
    const before = health.state;
    if (state === 'off' && problem !== undefined) {
      const sinceMs = before === 'off' ? health.sinceMs : clock.now();
      health = { zone, state, problem, sinceMs };
      if (before !== 'off') onEvent({ name: 'list.switched-off', zone, problem });
    } else if (before !== 'well') {
      health = { zone, state: 'well', sinceMs: clock.now() };
      if (before === 'off') onEvent({ name: 'list.switched-on', zone });
    }
  };

  const askPoints = async (isFresh: boolean): Promise<TestJudgement> => {
    const budget = startBudget(options.budgetMs);
    signal.addEventListener('abort', budget.end, { once: true });
    const ask = async (name: string): Promise<Found> =>
      (await budget.within(askAddresses(options.resolver, name))) ?? {
        kind: 'silent',
        why: 'not within the budget',
      };
    const askAll = async (names: readonly string[]) => Promise.all(names.map(ask));
    try {
      const [must, mustNot, [fresh]] = await Promise.all([
        askAll(points.must),
        askAll(points.mustNot),
        askAll(isFresh ? [freshQuestion(settings)] : []),
      ]);
      return judgeTestPoints(settings, { must, mustNot, ...(fresh && { fresh }) });
    } finally {
      signal.removeEventListener('abort', budget.end);
      budget.end();
    }
  };

  const lookNow = async (isFresh: boolean) => {
    let judgement = await askPoints(isFresh);
    // One lost packet is no reason for an alarm.
    if (judgement.kind === 'silent' && health.state !== 'off') judgement = await askPoints(isFresh);
    if (signal.aborted) return;
    lookedAtMs = clock.monotonicMs();
    unansweredSinceLook = 0;
    if (judgement.kind === 'well') become('well');
    else become('off', judgement.problem);
  };

  const look = async ({ isFresh }: { readonly isFresh: boolean }): Promise<void> => {
    if (closed !== undefined) return become('off', closed);
    looking ??= lookNow(isFresh).finally(() => {
      looking = undefined;
    });
    return looking;
  };

  return {
    get state() {
      return health.state;
    },
    health: () => health,
    look: async () => look({ isFresh: true }),
    async lookAgainIfStale() {
      // It has just answered: whether it is alive is not the question.
      if (clock.monotonicMs() - lookedAtMs > staleMs) await look({ isFresh: false });
    },
    unanswered() {
      onEvent({ name: 'list.unanswered', zone });
      unansweredSinceLook += 1;
      if (unansweredSinceLook === unansweredMax) void look({ isFresh: true });
    },
    refused: (problem) => become('off', problem),
    async run() {
      try {
        while (!signal.aborted) {
          const isDue = clock.monotonicMs() - lookedAtMs >= options.healthEveryMs - roundMs / 2;
          if (isDue || health.state === 'off') await look({ isFresh: true });
          await clock.sleep(roundMs, signal);
        }
      } catch (cause) {
        // The only thing that may reject is the pause, when we are stopped.
        if (!signal.aborted) throw cause;
      }
    },
  };
}
