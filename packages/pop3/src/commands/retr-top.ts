// RETR (RFC 1939 §5) and TOP (§7): a message, or its beginning, as it is stored. Large ones are never in memory as a whole.
import type { DropMessage } from '../session/maildrop.ts';
import type { Session } from '../session/session.ts';
import { TopLines, WireLines } from '../session/wire-lines.ts';
import { afterLogin, maildropOf, messageOf, type Pop3Command } from './command.ts';

export const retr: Pop3Command = {
  verb: 'RETR',
  allowedIn: afterLogin,
  run: async (session, argument) => {
    const message = messageOf(session, argument);
    if (message === undefined) return;
    if (await send(session, message)) maildropOf(session).noteSent(message);
  },
};

export const top: Pop3Command = {
  verb: 'TOP',
  allowedIn: afterLogin,
  run: async (session, argument) => {
    const [number = '', lines = ''] = argument.split(/ +/);
    if (!/^\d{1,10}$/.test(lines))
      return session.complain('TOP needs a message and a number of lines');
    const message = messageOf(session, number);
    if (message !== undefined) await send(session, message, new TopLines(Number(lines)));
  },
};

/** False when the message is gone; the client was told. */
async function send(session: Session, message: DropMessage, only?: TopLines): Promise<boolean> {
  const pieces = await maildropOf(session).read(message);
  if (pieces === undefined) {
    session.no('Another program has removed this message meanwhile');
    return false;
  }
  session.ok(only === undefined ? `${message.sizeBytes} octets` : 'Here it begins');
  const lines = new WireLines();
  for await (const piece of pieces) {
    for (const part of lines.take(only === undefined ? piece : only.take(piece))) {
      await session.wire.send(part);
    }
    if (only?.isComplete === true) break;
  }
  await session.wire.send(lines.end());
  return true;
}
