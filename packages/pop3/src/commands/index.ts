// The table of commands.
import { auth } from './auth.ts';
import { capa } from './capa.ts';
import type { Pop3Command } from './command.ts';
import { list, uidl } from './listings.ts';
import { quit } from './quit.ts';
import { retr, top } from './retr-top.ts';
import { dele, noop, rset, stat } from './small-commands.ts';
import { stls } from './stls.ts';
import { pass, user } from './user-pass.ts';

const all: readonly Pop3Command[] = [
  capa,
  stls,
  user,
  pass,
  auth,
  stat,
  list,
  uidl,
  retr,
  top,
  dele,
  noop,
  rset,
  quit,
];

const byVerb: ReadonlyMap<string, Pop3Command> = new Map(all.map((each) => [each.verb, each]));

/** RFC 1939 §3: verbs are case-insensitive. */
export function findCommand(verb: string): Pop3Command | undefined {
  return byVerb.get(verb.toUpperCase());
}
