// Dates of messages: RFC 5322 §3.3 with its obsolete forms, and what programs write instead (no zone, no seconds, asctime, ISO 8601).
// Undefined for what cannot be understood; never today by guess.

export interface DateTime {
  readonly atMs: number;
  /** East of UTC. With atMs it gives the date as it was written (RFC 3501 §6.4.4, SENTON: "disregarding time and timezone"). */
  readonly zoneMinutes: number;
}

export const months = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const;

const monthNumbers: ReadonlyMap<string, number> = new Map(
  months.map((name, index) => [name.toLowerCase(), index]),
);

/** RFC 5322 §4.3. Single letters mean nothing any more: UTC. */
const zones: ReadonlyMap<string, number> = new Map([
  ['edt', -240],
  ['est', -300],
  ['cdt', -300],
  ['cst', -360],
  ['mdt', -360],
  ['mst', -420],
  ['pdt', -420],
  ['pst', -480],
]);

const usual =
  /^(?:[A-Za-z]+\.?,?[ \t]*)?(\d{1,2})[ \t-]+([A-Za-z]{3,9})\.?,?[ \t-]+(\d{2,4})(?:,?[ \t]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?)?[ \t]*(?:(?:UTC|GMT)(?=[+-]))?([+-]\d{1,2}:?\d{2}|[A-Za-z]+)?/;
const asctime =
  /^(?:[A-Za-z]+,?[ \t]+)?([A-Za-z]{3,9})\.?[ \t]+(\d{1,2}),?[ \t]+(\d{1,2}):(\d{2})(?::(\d{2}))?[ \t]+(?:([A-Za-z]+|[+-]\d{4})[ \t]+)?(\d{4})(?:[ \t]+([+-]\d{4}))?/;
const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T \t]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?[ \t]*([+-]\d{1,2}:?\d{2}|[A-Za-z]+)?/;

/** No date is longer; the patterns never see more. */
const lengthMax = 128;

export function parseDateTime(text: string): DateTime | undefined {
  const short = withoutComments(text.slice(0, lengthMax * 4))
    .slice(0, lengthMax)
    .trim();
  const [, day, month, year, hour, minute, second, zone] = usual.exec(short) ?? [];
  if (day !== undefined) return assemble({ day, month, year, hour, minute, second, zone });
  const unix = asctime.exec(short);
  if (unix) {
    const [, unixMonth, unixDay, unixHour, unixMinute, unixSecond, name, unixYear, offset] = unix;
    return assemble({
      day: unixDay,
      month: unixMonth,
      year: unixYear,
      hour: unixHour,
      minute: unixMinute,
      second: unixSecond,
      zone: offset ?? name,
    });
  }
  const [, isoYear, isoMonth, isoDay, ...rest] = iso.exec(short) ?? [];
  if (isoYear === undefined) return undefined;
  return assemble({
    day: isoDay,
    month: months[Number(isoMonth) - 1],
    year: isoYear,
    hour: rest[0],
    minute: rest[1],
    second: rest[2],
    zone: rest[3],
  });
}

interface Pieces {
  readonly day: string | undefined;
  readonly month: string | undefined;
  readonly year: string | undefined;
  readonly hour: string | undefined;
  readonly minute: string | undefined;
  readonly second: string | undefined;
  readonly zone: string | undefined;
}

function assemble(pieces: Pieces): DateTime | undefined {
  const month = monthNumbers.get((pieces.month ?? '').slice(0, 3).toLowerCase());
  const day = Number(pieces.day);
  const hour = Number(pieces.hour ?? 0);
  const minute = Number(pieces.minute ?? 0);
  if (month === undefined || day < 1 || day > 31 || hour > 24 || minute > 59) return undefined;
  // RFC 5322 §4.3: a leap second is a second.
  const second = Math.min(Number(pieces.second ?? 0), 60);
  const zoneMinutes = zoneOf(pieces.zone ?? '');
  const date = new Date(0);
  date.setUTCFullYear(yearOf(pieces.year ?? ''), month, day);
  date.setUTCHours(hour, minute - zoneMinutes, second);
  const atMs = date.getTime();
  return Number.isNaN(atMs) ? undefined : { atMs, zoneMinutes };
}

/** RFC 5322 §4.3: two digits up to 49 are of this century, other short ones of the last. */
function yearOf(text: string): number {
  const year = Number(text);
  if (text.length >= 4) return year;
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

function zoneOf(text: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{1,2}):?(\d{2})$/.exec(text) ?? [];
  if (sign === undefined) return zones.get(text.toLowerCase()) ?? 0;
  const offset = Number(hours) * 60 + Number(minutes);
  if (offset > 24 * 60) return 0;
  return sign === '-' ? -offset : offset;
}

function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  let out = '';
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth += 1;
    else if (char === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) out += char;
  }
  return out;
}
