// The argument of MAIL and RCPT: "FROM:<path>" or "TO:<path>", then parameters (RFC 5321 §4.1.2). Pure.
//
// The path may hold a quoted local part with spaces, ">" and "@"; so it is walked, not split.
import type { Parsed } from '@restante/mail-model';

export interface PathArgument {
  /** What stood between the angle brackets, without a source route. */
  readonly path: string;
  /** What followed, not parsed yet. */
  readonly parameters: string;
}

const sourceRoute = /^@[^\s,:@"<>]+(?:,@[^\s,:@"<>]+)*:/;

export function parsePath(keyword: 'FROM' | 'TO', argument: string): Parsed<PathArgument> {
  const prefix = argument.slice(0, keyword.length + 1).toUpperCase();
  if (prefix !== `${keyword}:`) return { ok: false, problem: `${keyword}: is missing.` };

  // Many clients put a space behind the colon, though RFC 5321 §3.3 has none there.
  let at = keyword.length + 1;
  while (argument[at] === ' ') at += 1;
  if (argument[at] !== '<') return { ok: false, problem: 'The address stands in angle brackets.' };

  const end = endOfPath(argument, at + 1);
  if (end === -1) return { ok: false, problem: 'The closing angle bracket is missing.' };
  const rest = argument.slice(end + 1);
  if (rest !== '' && rest[0] !== ' ') {
    return { ok: false, problem: 'A space stands between the address and the parameters.' };
  }
  // RFC 5321 §4.1.2 and appendix C: a source route is accepted and ignored; what counts is the mailbox behind it.
  const path = argument.slice(at + 1, end).replace(sourceRoute, '');
  return { ok: true, value: { path, parameters: rest.trim() } };
}

/** Where the closing bracket is, not counting one inside quotes. */
function endOfPath(text: string, start: number): number {
  let isQuoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted && character === '\\') at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === '>' && !isQuoted) return at;
  }
  return -1;
}
