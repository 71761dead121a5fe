// Asks the checks of one stage, all at the same time, each within its budget, and keeps every reason in the order of the checks.
//
// A check that fails or does not answer in time counts as pass and leaves a note: what could not be found out is held against nobody.
import type { EventSink } from '@restante/mail-model';
import { pass, type Check, type CheckAnswer } from './check.ts';

export interface Finding {
  readonly check: string;
  readonly answer: Exclude<CheckAnswer, { readonly action: 'pass' }>;
}

export async function evaluate<Facts>(
  checks: readonly Check<Facts>[],
  facts: Facts,
  onEvent: EventSink,
): Promise<readonly Finding[]> {
  // All begin now; those that know at once cost no turn.
  const asked = checks.map((check) => ask(check, facts, onEvent));
  const findings: Finding[] = [];
  for (const [index, pending] of asked.entries()) {
    const answer = pending instanceof Promise ? await pending : pending;
    const check = checks[index];
    if (check === undefined || answer.action === 'pass') continue;
    findings.push({ check: check.name, answer });
    onEvent({ name: 'policy.judged', check: check.name, action: answer.action });
  }
  return findings;
}

function ask<Facts>(
  check: Check<Facts>,
  facts: Facts,
  onEvent: EventSink,
): CheckAnswer | Promise<CheckAnswer> {
  try {
    const answer = check.judge(facts);
    return answer instanceof Promise ? inTime(check, answer, onEvent) : answer;
  } catch (cause) {
    return failed(check, cause, onEvent);
  }
}

async function inTime(
  check: Check<never>,
  answer: Promise<CheckAnswer>,
  onEvent: EventSink,
): Promise<CheckAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckAnswer>((resolve) => {
    timer = setTimeout(() => {
      onEvent({ name: 'policy.judged', check: check.name, action: 'late' });
      resolve({ action: 'note', detail: `no answer within ${check.budgetMs} ms` });
    }, check.budgetMs);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (cause) {
    return failed(check, cause, onEvent);
  } finally {
    clearTimeout(timer);
  }
}

function failed(check: Check<never>, cause: unknown, onEvent: EventSink): CheckAnswer {
  onEvent({ name: 'policy.failed', check: check.name, cause });
  return pass;
}
