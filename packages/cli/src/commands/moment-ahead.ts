// When something shall end, as a person says it.
import { CliError } from '../errors.ts';

const unitsMs = { min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** "30min", "12h", "7d", "4w" from now, or a date; throws for what is neither or has been. */
export function momentAhead(text: string, nowMs: number): number {
  const [, amount, unit] = /^(\d{1,6}) ?(min|h|d|w)$/.exec(text) ?? [];
  const atMs =
    amount === undefined
      ? Date.parse(/^\d{4}-\d\d-\d\d/.test(text) ? text : '')
      : nowMs + Number(amount) * unitsMs[unit as keyof typeof unitsMs];
  if (!Number.isFinite(atMs))
    throw new CliError(
      'WRONG_USE',
      '--expires is 30min, 12h, 7d or 4w, or a date such as 2026-12-31.',
    );
  if (atMs <= nowMs) throw new CliError('WRONG_USE', 'That has been already.');
  return Math.round(atMs);
}
