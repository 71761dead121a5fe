// What is new since the look before, as events. Pure but for telling them.
import type { Diagnosis, DoctorEvent, Finding } from './doctor.ts';

export interface Changes {
  readonly before: Diagnosis | undefined;
  readonly now: Diagnosis;
  readonly tookMs: number;
  readonly onEvent: (event: DoctorEvent) => void;
}

const states = ['fine', 'notice', 'problem', 'unknown'] as const;

export function tellChanges({ before, now, tookMs, onEvent }: Changes): void {
  const were = problemsOf(before);
  const are = problemsOf(now);
  for (const [key, finding] of are) {
    if (!were.has(key)) onEvent({ name: 'doctor.problem', finding });
    // The check "listed" writes its subjects so.
    const [subject, zone] = finding.check === 'listed' ? finding.subject.split(' on ') : [];
    if (subject !== undefined && zone !== undefined)
      onEvent({ name: 'doctor.listed', subject, zone });
  }
  // What nobody could look at this time is not mended.
  const unknown = new Set(
    now.findings.filter(({ state }) => state === 'unknown').map(({ check }) => check),
  );
  for (const [key, { check, subject }] of were) {
    if (!are.has(key) && !unknown.has(check)) onEvent({ name: 'doctor.mended', check, subject });
  }
  const checks = [...new Set(now.findings.map(({ check }) => check))];
  const counts = checks.flatMap((check) =>
    states.map((state) => ({
      check,
      state,
      count: now.findings.filter((each) => each.check === check && each.state === state).length,
    })),
  );
  onEvent({ name: 'doctor.ran', tookMs, counts });
}

function problemsOf(diagnosis: Diagnosis | undefined): ReadonlyMap<string, Finding> {
  const problems = (diagnosis?.findings ?? []).filter(({ state }) => state === 'problem');
  return new Map(problems.map((each) => [`${each.check} ${each.subject}`, each]));
}
