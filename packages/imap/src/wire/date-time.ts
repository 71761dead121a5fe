// INTERNALDATE on the wire (RFC 3501 §9: date-time): " 1-Feb-1994 21:52:25 -0800". Pure.
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const pattern =
  /^( \d|\d\d)-([A-Za-z]{3})-(\d{4}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60) ([+-])([01]\d|2[0-3])([0-5]\d)$/;

/** Milliseconds since 1970; undefined when it is no date. */
export function parseDateTime(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, day = '', monthName = '', year = '', hour, minute, second, sign, east, eastMinutes] =
    match;
  const dayMs = parseDay({ day: day.trim(), monthName, year });
  if (dayMs === undefined) return undefined;
  const ofDayMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  const zoneMs = (Number(east) * 60 + Number(eastMinutes)) * 60_000;
  return dayMs + ofDayMs - (sign === '-' ? -zoneMs : zoneMs);
}

/** RFC 3501 §9: date, "1-Feb-1994", as midnight UTC; undefined when there is no such day. */
export function parseDate(text: string): number | undefined {
  const [, day, monthName, year] = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text) ?? [];
  if (day === undefined || monthName === undefined || year === undefined) return undefined;
  return parseDay({ day, monthName, year });
}

interface Day {
  readonly day: string;
  readonly monthName: string;
  readonly year: string;
}

function parseDay({ day, monthName, year }: Day): number | undefined {
  const name = monthName.slice(0, 1).toUpperCase() + monthName.slice(1).toLowerCase();
  const month = months.indexOf(name);
  if (month < 0) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), month, Number(day));
  const isReal = date.getUTCMonth() === month && date.getUTCDate() === Number(day);
  return isReal ? date.getTime() : undefined;
}

/** In UTC, quotes not included. */
export function formatDateTime(atMs: number): string {
  const date = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day}-${months[date.getUTCMonth()]}-${year} ${time} +0000`;
}
