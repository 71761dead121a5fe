// What spamd says, in the protocol SPAMC/1.5 (spamd/PROTOCOL of SpamAssassin). Pure; whatever is not understood is a failure.
//
//   SPAMD/1.1 0 EX_OK
//   Content-length: 23
//   Spam: True ; 1000.0 / 5.0
//
//   GTUBE,NO_RECEIVED,...
import { ScannersError } from '../errors.ts';
import { safeName } from '../safe-name.ts';
import type { SpamScore } from '../scanners.ts';

const rulesMax = 30;

interface Reading {
  readonly status: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly rest: string;
}

/** Answers of SYMBOLS. REPORT would give weights too, but quotes the message, and so lets its author write rules of his own. */
export function readScore(answer: Buffer): SpamScore {
  const { fields, rest } = readAnswer(answer);
  const spam = fields.get('spam') ?? '';
  const match =
    /^(?:true|false|yes|no) ; (-?\d{1,6}(?:\.\d{1,6})?) \/ (-?\d{1,6}(?:\.\d{1,6})?)$/i.exec(spam);
  if (match === null) throw new ScannersError('SCANNER_BAD_ANSWER', { about: 'no score' });
  return {
    by: 'spamd',
    score: Number(match[1]),
    threshold: Number(match[2]),
    rules: rest
      .split(',', rulesMax)
      .map((rule) => safeName(rule.trim()))
      .filter((rule) => rule !== ''),
  };
}

/** Answers of TELL: whether it learned something; a message it knew already teaches nothing. */
export function readTold(answer: Buffer): boolean {
  return /\blocal\b/.test(readAnswer(answer).fields.get('didset') ?? '');
}

/** All of the answer is there, by its own account of its length. */
export function isWholeAnswer(answer: Buffer): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: ?(\d{1,9})(?:\r\n|$)/i.exec(
    answer.toString('latin1', 0, end),
  );
  return length !== null && answer.length - end - 4 >= Number(length[1]);
}

function readAnswer(answer: Buffer): Reading {
  const text = answer.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const [status = '', ...lines] = text.slice(0, end < 0 ? undefined : end).split('\r\n');
  const match = /^SPAMD\/\d{1,2}\.\d{1,2} (\d{1,3}) (.*)/s.exec(status);
  if (match === null) throw new ScannersError('SCANNER_BAD_ANSWER', { about: 'not SPAMD' });
  if (match[1] !== '0')
    throw new ScannersError('SCANNER_REFUSED', { about: printable(match[2] ?? '') });
  if (end < 0) throw new ScannersError('SCANNER_BAD_ANSWER', { about: 'cut' });
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const length = fields.get('content-length');
  const rest = text.slice(end + 4);
  if (length !== undefined && rest.length < Number(length))
    throw new ScannersError('SCANNER_BAD_ANSWER', { about: 'cut' });
  return { status, fields, rest };
}

function printable(text: string): string {
  return text
    .slice(0, 100)
    .replaceAll(/[^\x20-\x7E]/g, ' ')
    .trim();
}
