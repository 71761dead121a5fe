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
  using patience = new Patience();
  // All begin now; those that know at once cost no turn.
  const asked = checks.map((check) => ask(check, facts, { onEvent, patience }));
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

interface Asking {
  readonly onEvent: EventSink;
  readonly patience: Patience;
}

function ask<Facts>(
  check: Check<Facts>,
  facts: Facts,
  asking: Asking,
): CheckAnswer | Promise<CheckAnswer> {
  try {
    const answer = check.judge(facts);
    return answer instanceof Promise ? inTime(check, answer, asking) : answer;
  } catch (cause) {
    return failed(check, cause, asking.onEvent);
  }
}

async function inTime(
  { name, budgetMs }: Check<never>,
  answer: Promise<CheckAnswer>,
  { onEvent, patience }: Asking,
): Promise<CheckAnswer> {
  try {
    const first = await Promise.race([answer, patience.after(budgetMs)]);
    if (first !== late) return first;
    onEvent({ name: 'policy.judged', check: name, action: 'late' });
    return { action: 'note', detail: `no answer within ${budgetMs} ms` };
  } catch (cause) {
    return failed({ name }, cause, onEvent);
  }
}

const late = Symbol('late');

/** The checks of a stage begin together, and most may take the same time: one timer does for them. */
class Patience implements Disposable {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #ends = new Map<number, Promise<typeof late>>();

  after(budgetMs: number): Promise<typeof late> {
    const known = this.#ends.get(budgetMs);
    if (known !== undefined) return known;
    const { promise, resolve } = Promise.withResolvers<typeof late>();
    this.#timers.push(setTimeout(resolve, budgetMs, late));
    this.#ends.set(budgetMs, promise);
    return promise;
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

function failed(
  { name }: Pick<Check<never>, 'name'>,
  cause: unknown,
  onEvent: EventSink,
): CheckAnswer {
  onEvent({ name: 'policy.failed', check: name, cause });
  return pass;
}
