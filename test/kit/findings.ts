// What a drill counted, for whoever runs it: a diagnostic of the test, and a line of a file when the soak asks for one.
import { appendFileSync } from 'node:fs';
import type { TestContext } from 'node:test';

/** Numbers of one drill. lost and twice are what it is all about. */
export type Counts = Readonly<Record<string, number | string>>;

/** Write down before asserting, so that a failing run leaves its numbers too. */
export function report(t: TestContext, counts: Counts): void {
  t.diagnostic(
    Object.entries(counts)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  );
  const path = process.env['RESTANTE_FINDINGS'];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify({ drill: t.name, ...counts })}\n`);
}

/** A number from the environment, for rounds and the like. */
export function numberFrom(name: string, otherwise: number): number {
  const text = process.env[name];
  return text === undefined ? otherwise : Number(text);
}

/** Of this run; RESTANTE_SEED repeats an earlier one. */
export const seed = numberFrom('RESTANTE_SEED', Date.now() % 1_000_000);

/** How far a long drill is; shown only where somebody waits for it. */
export function progress(text: string): void {
  if (process.env['RESTANTE_FINDINGS'] !== undefined) process.stdout.write(`${text}\n`);
}
