// Durations and sizes as people write them: "5s", "4h", "1h 30min", "256KiB". Pure, both ways.
//
// A number without a unit is refused: thirty what? KB, MB and GB are thousands, KiB, MiB and GiB are powers of 1024.
import type { Parsed } from '@restante/mail-model';

const durationUnits: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
];

const byteUnits: readonly (readonly [string, number])[] = [
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
  ['TB', 1000 ** 4],
  ['GB', 1000 ** 3],
  ['MB', 1000 ** 2],
  ['KB', 1000],
  ['B', 1],
];

/** "1h 30min" -> milliseconds. */
export function parseDuration(text: string): Parsed<number> {
  const parts = [...text.matchAll(/\s*(\d+(?:\.\d+)?)\s*(ms|min|s|h|d)/gy)];
  const read = parts.map((part) => part[0]).join('');
  if (parts.length === 0 || read.length !== text.trimEnd().length) {
    return { ok: false, problem: 'is not a length of time' };
  }
  const total = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * factor(durationUnits, unit),
    0,
  );
  const rounded = Math.round(total);
  return Number.isSafeInteger(rounded)
    ? { ok: true, value: rounded }
    : { ok: false, problem: 'is longer than can be counted' };
}

/** "256KiB" -> bytes. */
export function parseBytes(text: string): Parsed<number> {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]i?B|B)\s*$/.exec(text);
  if (!match) return { ok: false, problem: 'is not a size' };
  const rounded = Math.round(Number(match[1]) * factor(byteUnits, match[2]));
  return Number.isSafeInteger(rounded)
    ? { ok: true, value: rounded }
    : { ok: false, problem: 'is larger than can be counted' };
}

/** The shortest exact form: 90000 -> "1min 30s". */
export function formatDuration(durationMs: number): string {
  return inUnits(durationMs, durationUnits, ' ') || '0s';
}

/** The largest unit that divides it: 262144 -> "256KiB". */
export function formatBytes(sizeBytes: number): string {
  const [unit, size] = byteUnits.find(([, each]) => sizeBytes > 0 && sizeBytes % each === 0) ?? [
    'B',
    1,
  ];
  return `${sizeBytes / size}${unit}`;
}

function inUnits(
  amount: number,
  units: readonly (readonly [string, number])[],
  glue: string,
): string {
  let left = amount;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const times = Math.floor(left / size);
    if (times > 0) parts.push(`${times}${unit}`);
    left -= times * size;
  }
  return parts.join(glue);
}

function factor(units: readonly (readonly [string, number])[], name: string | undefined): number {
  return units.find(([unit]) => unit === name)?.[1] ?? Number.NaN;
}
