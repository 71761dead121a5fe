// Dates written: IMAP's INTERNALDATE both ways (RFC 3501 §9, date-time), and the Date header's.
import { months } from './date-time.ts';

/** "17-Jul-1996 02:44:25 -0700", without quotes; the day is two characters wide. */
export function formatInternalDate(atMs: number, zoneMinutes = 0): string {
  const local = new Date(atMs + zoneMinutes * 60_000);
  const day = String(local.getUTCDate()).padStart(2, ' ');
  const date = `${day}-${months[local.getUTCMonth()]}-${String(local.getUTCFullYear()).padStart(4, '0')}`;
  return `${date} ${local.toISOString().slice(11, 19)} ${formatZone(zoneMinutes)}`;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** A Date header's value (RFC 5322 §3.3): "Wed, 17 Jul 1996 02:44:25 -0700". */
export function formatDateTime(atMs: number, zoneMinutes = 0): string {
  const local = new Date(atMs + zoneMinutes * 60_000);
  const date = `${local.getUTCDate()} ${months[local.getUTCMonth()]} ${local.getUTCFullYear()}`;
  const time = local.toISOString().slice(11, 19);
  return `${days[local.getUTCDay()]}, ${date} ${time} ${formatZone(zoneMinutes)}`;
}

/** "+0530" */
export function formatZone(zoneMinutes: number): string {
  const minutes = Math.abs(zoneMinutes);
  const digits = Math.trunc(minutes / 60) * 100 + (minutes % 60);
  return `${zoneMinutes < 0 ? '-' : '+'}${String(digits).padStart(4, '0')}`;
}

const shape = /^([ \d]?\d)-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;

/** Milliseconds; undefined for what is not exactly such a date, or a day there is not. */
export function parseInternalDate(text: string): number | undefined {
  const found = shape.exec(text);
  if (found === null) return undefined;
  const [, day = '', name = '', year = '', hour = '', minute = '', second = ''] = found;
  const month = months.findIndex((known) => known.toLowerCase() === name.toLowerCase());
  if (month < 0 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), month, Number(day));
  if (date.getUTCMonth() !== month || date.getUTCDate() !== Number(day)) return undefined;
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const zoneMinutes = Number(found[8]) * 60 + Number(found[9]);
  return date.getTime() - (found[7] === '-' ? -zoneMinutes : zoneMinutes) * 60_000;
}
