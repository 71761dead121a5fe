// The table of commands. A new one is a file and a line here.
import type { SmtpVerb } from './dialogue.ts';
import { auth } from './on-auth.ts';
import { bdat } from './on-bdat.ts';
import { data } from './on-data.ts';
import { etrn } from './on-etrn.ts';
import { ehlo, helo } from './on-hello.ts';
import { mail } from './on-mail.ts';
import { rcpt } from './on-rcpt.ts';
import { starttls } from './on-starttls.ts';
import { expn, help, noop, quit, rset, vrfy } from './small-verbs.ts';

const all: readonly SmtpVerb[] = [
  ehlo,
  helo,
  starttls,
  auth,
  mail,
  rcpt,
  data,
  bdat,
  rset,
  quit,
  noop,
  vrfy,
  expn,
  help,
  etrn,
];

const byName: ReadonlyMap<string, SmtpVerb> = new Map(all.map((verb) => [verb.verb, verb]));

export interface Command {
  /** undefined: not one of ours. */
  readonly verb: SmtpVerb | undefined;
  readonly argument: string;
}

/** RFC 5321 §2.4: verbs are case-insensitive; blanks at the end of a line are tolerated (§4.1.1). */
export function readCommand(line: string): Command {
  const space = line.indexOf(' ');
  if (space === -1) return { verb: findVerb(line), argument: '' };
  return { verb: findVerb(line.slice(0, space)), argument: line.slice(space + 1).trim() };
}

function findVerb(word: string): SmtpVerb | undefined {
  return byName.get(word) ?? byName.get(word.toUpperCase());
}

/** A web page making a browser talk to us (a cross-protocol attack); no mail client speaks so. */
export function isHttp(line: string): boolean {
  return /^[A-Z]{3,7} \S+ HTTP\/\d/i.test(line);
}
