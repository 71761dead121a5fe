// The border between the client's words and what is done: one command in, untagged lines and one tagged line out.
//
// What goes wrong becomes text in this file only. Refusals say what they are; an unknown failure is NO [UNAVAILABLE], because it is
// temporary until somebody knows better, and its cause goes to onFailure, never to the client.
import { MailboxStoreError } from '@restante/mailbox-store';
import { commands } from '../commands/index.ts';
import type { Command } from '../commands/command.ts';
import { Reader } from '../wire/reader.ts';
import type { ReceivedCommand } from '../wire/received-command.ts';
import { bad, no, Refusal } from '../wire/refusal.ts';
import { ConnectionGone, type Ending } from '../wire/responder.ts';
import { tagOf } from './receive-command.ts';
import type { Session } from './session.ts';
import { tellUpdates } from './tell-updates.ts';

/** How it ended; a run of BAD ones ends the session. */
export type CommandOutcome = 'OK' | 'NO' | 'BAD';

export async function runCommand(
  session: Session,
  received: ReceivedCommand,
): Promise<CommandOutcome> {
  const reader = new Reader(received, session);
  const tag = tagOf(received.text);
  session.tag = tag;
  let name = '';
  try {
    // RFC 3501 §9: command = tag SP ...; without a tag nobody knows which one is meant.
    if (tag === '*') throw bad('A tag is missing.');
    reader.take(tag);
    reader.space();
    name = nameOf(reader);
    const command = commandNamed(session, name);
    const args = readArguments(command, reader, session);
    const ending = await command.run(session, args);
    await updates(session, command);
    sayTagged(session, { tag, name, ending });
    return 'OK';
  } catch (cause) {
    if (cause instanceof ConnectionGone) throw cause;
    const refusal = asRefusal(session, name, cause);
    // RFC 3501 §7.4.1: sequence numbers may be in use by FETCH, STORE and SEARCH even when they fail.
    const { updates: allowed = 'all' } = commands.get(name) ?? {};
    if (allowed !== 'none')
      tellUpdates(session, { mayExpunge: allowed === 'all' && refusal.status === 'NO' });
    session.out.tagged(tag, refusal.status, { code: refusal.code, text: refusal.message });
    return refusal.status;
  }
}

function nameOf(reader: Reader): string {
  const word = reader.word();
  if (word !== 'UID' || !reader.take(' ')) return word;
  return `UID ${reader.word()}`;
}

function commandNamed(session: Session, name: string): Command {
  const command = commands.get(name);
  if (command === undefined) throw bad('There is no such command.');
  if (command.allowedIn.includes(session.state)) return command;
  throw bad(
    session.state === 'not-authenticated'
      ? 'Please log in first.'
      : session.state === 'authenticated' && command.allowedIn.includes('selected')
        ? 'Please select a mailbox first.'
        : 'Not now: you are logged in already.',
  );
}

function readArguments(command: Command, reader: Reader, session: Session): unknown {
  return command.parse(reader, session);
}

async function updates(session: Session, command: Command): Promise<void> {
  const { updates: allowed = 'all', looksAtDisk = false } = command;
  if (looksAtDisk) await session.view?.folder.refresh();
  if (allowed !== 'none') tellUpdates(session, { mayExpunge: allowed === 'all' });
}

interface TaggedLine {
  readonly tag: string;
  readonly name: string;
  readonly ending: Ending | undefined;
}

function sayTagged({ out }: Session, { tag, name, ending }: TaggedLine): void {
  out.tagged(tag, 'OK', ending ?? { text: `${name} completed.` });
}

function asRefusal(session: Session, command: string, cause: unknown): Refusal {
  if (cause instanceof Refusal) return cause;
  session.server.onFailure({ command, account: session.account, cause });
  if (cause instanceof MailboxStoreError && cause.code === 'MAILBOX_LOCKED') {
    return no('INUSE', 'Another program is busy with the mailbox; try again.');
  }
  // RFC 5530 §3: UNAVAILABLE is temporary.
  return no('UNAVAILABLE', 'Something went wrong here; try again later.');
}
