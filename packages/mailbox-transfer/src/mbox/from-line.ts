// The line between two messages of an mbox: "From ana@example.test Mon Jan  1 00:00:00 2024". Pure.
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

const form = new RegExp(
  String.raw`^From .{0,998}?(?:${days.join('|')}),? +(${months.join('|')}) +(\d{1,2}) +(\d{1,2}):(\d\d)(?::(\d\d))? +(?:[A-Za-z]{1,5} +)?(?:([+-]\d{4}) +)?(\d{4})(?: +([+-]\d{4}))?`,
);

/** Thunderbird leaves the sender out, and of late the date as well; those count only after an empty line. */
const bare = /^From(?: -)?\s*$/;

export function isFromLine(line: string, { isAfterEmptyLine = true } = {}): boolean {
  return form.test(line) || (isAfterEmptyLine && bare.test(line));
}

/** When the message came; in UTC when no zone is told. */
export function dateOfFromLine(line: string): number | undefined {
  const match = form.exec(line);
  if (match === null) return undefined;
  const [, month = '', day, hour, minute, second = '0', before, year, behind] = match;
  const atMs = Date.UTC(
    Number(year),
    months.indexOf(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const zone = before ?? behind;
  if (zone === undefined) return atMs;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  return atMs - (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

export function formatFromLine(sender: string, atMs: number): string {
  const date = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  const who = /^[^\s\p{Cc}]{1,300}$/u.test(sender) ? sender : 'MAILER-DAEMON';
  return `From ${who} ${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${time} ${date.getUTCFullYear()}`;
}
