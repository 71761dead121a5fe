// Runs every check at the same time, each within its budget, and remembers what it said before to tell what is new.
import { allChecks } from './checks/index.ts';
import type { DoctorOptions } from './doctor-options.ts';
import type { Diagnosis, Doctor, Finding } from './doctor.ts';
import { about } from './finding.ts';
import { startLook } from './look.ts';
import type { Check, Look } from './look.ts';
import { tellChanges } from './tell-changes.ts';

/** After a start there is enough to do. */
const firstAfterMs = 60_000;

export function createDoctor(options: DoctorOptions): Doctor {
  const { clock, settings, onEvent } = options;
  const stopping = new AbortController();
  let last: Diagnosis | undefined;
  let running: Promise<Diagnosis> | undefined;
  let schedule: Promise<void> | undefined;

  const lookNow = async (): Promise<Diagnosis> => {
    const startedMs = clock.monotonicMs();
    const ending = new AbortController();
    const signal = AbortSignal.any([stopping.signal, ending.signal]);
    const look = startLook(options, signal);
    const over = clock.sleep(settings.budgetMs, signal).then(
      () => undefined,
      () => undefined, // All checks are done, or we are stopped.
    );
    const findings = await Promise.all(
      allChecks.map(
        async (check) => (await Promise.race([runCheck(check, look), over])) ?? [late(check, look)],
      ),
    );
    ending.abort();
    const diagnosis = { site: options.site, atMs: clock.now(), findings: findings.flat() };
    if (stopping.signal.aborted) return diagnosis;
    const tookMs = clock.monotonicMs() - startedMs;
    tellChanges({ before: last, now: diagnosis, tookMs, onEvent });
    last = diagnosis;
    return diagnosis;
  };

  const run: Doctor['run'] = async ({ signal } = {}) => {
    signal?.throwIfAborted();
    running ??= lookNow().finally(() => {
      running = undefined;
    });
    return signal === undefined ? running : unlessAborted(running, signal);
  };

  const keepLooking = async () => {
    try {
      await clock.sleep(firstAfterMs, stopping.signal);
      while (!stopping.signal.aborted) {
        await run();
        await clock.sleep(settings.everyMs, stopping.signal);
      }
    } catch (cause) {
      // Only pauses may reject, and only when we are stopped.
      if (!stopping.signal.aborted) throw cause;
    }
  };

  return {
    run,
    last: () => last,
    start() {
      schedule ??= keepLooking();
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all([schedule, running]);
    },
  };
}

async function runCheck(check: Check, look: Look): Promise<readonly Finding[]> {
  try {
    return await check.run(look);
  } catch (cause) {
    // One check that fails must not hide what the others found.
    const why = cause instanceof Error ? cause.message : String(cause);
    return [about(check.name, look.ours.hostname).unknown(`The check itself failed: ${why}`)];
  }
}

function late(check: Check, look: Look): Finding {
  const { budgetMs } = look.options.settings;
  return about(check.name, look.ours.hostname).unknown(
    `The check did not end within ${Math.round(budgetMs / 1000)} s.`,
  );
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<T>();
  const leave = () => reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
