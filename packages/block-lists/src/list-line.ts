// One list as an operator writes it: ZONE POINTS [CODE[=POINTS][:MEANING]]... [test=NAME]. Pure.
//
//   bl.spamcop.net 3                                          every answer counts
//   zen.spamhaus.org 6 127.0.0.2-9 127.0.0.10-11=4:dial-up    only these; the last two with points of their own
//   list.dnswl.org -2 127.0.*.2 127.0.*.3=-5                  good senders: the points are taken away
//   dbl.spamhaus.org 5 127.0.1.2-99 test=dbltest.com          its test entry is not the usual one
import { isIPv4 } from 'node:net';
import { parseDnsName } from '@restante/dns';
import type { Parsed } from '@restante/mail-model';
import type { ListCode, ListKind, ListSettings } from './block-lists.ts';

export const listLineRemedy =
  'Write "ZONE POINTS [CODE[=POINTS][:MEANING]]... [test=NAME]", for example "zen.spamhaus.org 6 127.0.0.2-9 127.0.0.10-11=4:dial-up".';

const pointsMax = 1000;

export function parseListLine(line: string, kind: ListKind): Parsed<ListSettings> {
  const [zoneText = '', pointsText = '', ...rest] = line.trim().split(/\s+/);
  const zone = parseDnsName(zoneText);
  if (!zone.ok || !zone.value.includes('.')) return no(`${quoted(zoneText)} is no zone of DNS`);
  const points = parsePoints(pointsText);
  if (points === undefined) return no(`${quoted(pointsText)} is no number of points`);
  const codes: ListCode[] = [];
  let testPoint: string | undefined;
  for (const part of rest) {
    if (part.startsWith('test=')) {
      testPoint = part.slice('test='.length);
      if (!parseDnsName(testPoint).ok) return no(`${quoted(testPoint)} is no test entry`);
      continue;
    }
    const code = parseCode(part);
    if (code === undefined) return no(`${quoted(part)} is no answer of a list`);
    codes.push(code);
  }
  return {
    ok: true,
    value: {
      zone: zone.value,
      kind,
      points,
      codes,
      ...(testPoint === undefined ? {} : { testPoint }),
    },
  };
}

function parseCode(text: string): ListCode | undefined {
  const match = /^([\d.*-]{1,40})(?:=([\d.-]{1,12}))?(?::([a-z0-9-]{1,60}))?$/i.exec(text);
  const range = match?.[1] === undefined ? undefined : parseRange(match[1]);
  if (match === null || range === undefined) return undefined;
  const [, , pointsText, words] = match;
  const points = pointsText === undefined ? undefined : parsePoints(pointsText);
  if (pointsText !== undefined && points === undefined) return undefined;
  return {
    ...range,
    ...(points === undefined ? {} : { points }),
    ...(words === undefined ? {} : { meaning: words.replaceAll('-', ' ') }),
  };
}

/** "127.0.0.2", "127.0.0.2-9", "127.0.*.3", "127.0.0.2-127.0.0.9". */
function parseRange(text: string): Pick<ListCode, 'from' | 'to'> | undefined {
  const [first = '', last] = text.includes('-127.') ? text.split('-', 2) : [text];
  const low = spread(first, 'low');
  const high = spread(last ?? first, 'high');
  const isRange = isIPv4(low) && isIPv4(high) && low.startsWith('127.') && high.startsWith('127.');
  return isRange && isOrdered(low, high) ? { from: low, to: high } : undefined;
}

function spread(text: string, end: 'low' | 'high'): string {
  return text
    .split('.')
    .map((octet) => {
      if (octet === '*') return end === 'low' ? '0' : '255';
      const [from = '', to = from] = octet.split('-', 2);
      return end === 'low' ? from : to;
    })
    .join('.');
}

function isOrdered(low: string, high: string): boolean {
  const highest = high.split('.').map(Number);
  return low.split('.').every((octet, at) => Number(octet) <= (highest[at] ?? -1));
}

function parsePoints(text: string): number | undefined {
  const points = /^-?\d{1,4}(\.\d{1,2})?$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(points) <= pointsMax ? points : undefined;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function no(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
