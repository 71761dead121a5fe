// When to ask the authority again. Pure; the clock and the dice are the caller's.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export interface Life {
  readonly beginsAtMs: number;
  readonly expiresAtMs: number;
}

/** At two thirds of its life, up to a twentieth earlier: so that not everybody's come at once, and a third is left for trouble. */
export function renewAtMs({ beginsAtMs, expiresAtMs }: Life, chance: number): number {
  const lifeMs = Math.max(0, expiresAtMs - beginsAtMs);
  return beginsAtMs + lifeMs * (2 / 3 - chance / 20);
}

/** A minute, doubling to six hours, each up to half longer. What the authority asks for is the least. */
export function backoffMs(failures: number, chance: number, askedMs = 0): number {
  const doubled = Math.min(minuteMs * 2 ** Math.min(failures - 1, 20), 6 * hourMs);
  return Math.max(askedMs, doubled) * (1 + chance / 2);
}

/** Names that could not be validated are tried again once a day: authorities count failures. */
export const leftOutAgainMs = 24 * hourMs;
