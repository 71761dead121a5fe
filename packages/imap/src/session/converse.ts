// From the greeting to the end: one command after the other is received, run, answered.
//
// Promises
// - Whoever only breaks the grammar is sent away, a stranger sooner than somebody who is logged in.
// - The next command waits until there is room for its answer.
import { capabilities } from '../capabilities.ts';
import { accountClosed, isStillIn } from './is-still-in.ts';
import { receiveCommand, type CommandSource } from './receive-command.ts';
import { runCommand, type CommandOutcome } from './run-command.ts';
import type { Session } from './session.ts';

/** Strangers that do not speak IMAP at all (HTTP, SMTP) are not listened to for long. */
const strangersBadMax = 10;

export async function converse(session: Session, source: CommandSource): Promise<void> {
  const { wire, server } = session;
  greet(session);
  let badInARow = 0;
  while (!wire.isOver) {
    const outcome = await answerOne(session, source);
    if (outcome === undefined) return;
    badInARow = outcome === 'BAD' ? badInARow + 1 : 0;
    if (badInARow >= badMax(session)) wire.bye('Too many wrong commands.');
    // Answers of pipelined commands leave together, but none waits for a slow one.
    if (source.intake.waitingBytes > 0) setImmediate(() => wire.flush());
    const { afterwards } = session;
    session.afterwards = undefined;
    await afterwards?.();
    if (server.isStopping()) wire.bye('The server is stopping.');
    // Threat 13: who does not read the answers is not asked for more.
    if (!wire.isOver) await session.out.backPressure();
  }
}

/** The first line (RFC 3501 §7.1.1), capabilities along with it, so that a client need not ask. */
function greet(session: Session): void {
  const { out, server } = session;
  out.untagged(`OK [CAPABILITY ${capabilities(session).join(' ')}] ${server.hostname} is ready.`);
}

/** Undefined when there is nothing more to answer. */
async function answerOne(
  session: Session,
  source: CommandSource,
): Promise<CommandOutcome | undefined> {
  source.startTurn();
  const received = await receiveCommand(session, source);
  source.startTurn();
  switch (received.kind) {
    case 'gone':
      return undefined;
    case 'hopeless':
      session.wire.bye(received.refusal.message);
      return undefined;
    case 'refused': {
      const { status, code, message: text } = received.refusal;
      session.out.tagged(received.tag, status, { code, text });
      return status;
    }
    case 'command':
      try {
        if (!(await isStillIn(session))) {
          session.wire.bye(accountClosed);
          return undefined;
        }
        return await runCommand(session, received.command);
      } finally {
        await received.literals[Symbol.asyncDispose]();
      }
  }
}

function badMax({ state, server }: Session): number {
  const { badCommandsMax } = server.limits;
  return state === 'not-authenticated' ? Math.min(strangersBadMax, badCommandsMax) : badCommandsMax;
}
