// What policy writes into a message that is taken: fields that say what was found, and the mark of definite spam in the Subject.
import type { Verdict } from '@restante/mail-model';
import { editHeader, headerFields } from '@restante/mime';

const listed = 20;

/** CRLF ended; '' when nothing was found. Fields of these names from outside are taken out by markSubject's caller. */
export function spamFields(verdict: Verdict, points: number): string {
  if (verdict.reasons.length === 0) return '';
  const checks = [...new Set(verdict.reasons.map(({ check }) => check))].slice(0, listed);
  const flag = verdict.spam === undefined ? '' : `X-Spam-Flag: YES\r\n`;
  return `${flag}X-Spam-Status: ${verdict.spam ?? 'no'}, points=${points}\r\n\tchecks=${checks.join(',')}\r\n`;
}

/** Fields that would speak in our name about spam; whoever wrote them, it was not us. */
export const ourSpamFields = ['X-Spam-Flag', 'X-Spam-Status'];

/**
 * `:SPAM:` before the Subject, once, also for what comes marked already. Without a Subject there is one then; of several each has the
 * mark, for nobody knows which one is shown.
 */
export function markSubject(header: Buffer, mark: string): Buffer {
  if (mark === '') return header;
  const subjects = headerFields(header).filter(({ name }) => name.toLowerCase() === 'subject');
  if (subjects.length === 0) return editHeader(header, { append: `Subject: ${mark}\r\n` });
  const pieces: Buffer[] = [];
  let kept = 0;
  for (const { start, end } of subjects) {
    pieces.push(header.subarray(kept, start), marked(header.subarray(start, end), mark));
    kept = end;
  }
  return Buffer.concat([...pieces, header.subarray(kept)]);
}

function marked(field: Buffer, mark: string): Buffer {
  // latin1 both ways: every byte stays what it was, encoded words too.
  const line = field.toString('latin1');
  const value = line.slice(line.indexOf(':') + 1).replace(/^[ \t]*(?:\r?\n[ \t]+)*/, '');
  if (value.startsWith(mark)) return field;
  return Buffer.from(`Subject: ${mark} ${value === '' ? '\r\n' : value}`, 'latin1');
}
