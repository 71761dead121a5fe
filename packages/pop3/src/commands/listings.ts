// LIST (RFC 1939 §5) and UIDL (§7): one line a message, for one or for all.
import type { DropMessage } from '../session/maildrop.ts';
import type { Session } from '../session/session.ts';
import { afterLogin, maildropOf, messageOf, type Pop3Command } from './command.ts';

export const list: Pop3Command = {
  verb: 'LIST',
  allowedIn: afterLogin,
  run: async (session, argument) => answer(session, argument, ({ sizeBytes }) => String(sizeBytes)),
};

export const uidl: Pop3Command = {
  verb: 'UIDL',
  allowedIn: afterLogin,
  run: async (session, argument) => {
    const maildrop = maildropOf(session);
    await answer(session, argument, (message) => maildrop.uniqueId(message));
  },
};

const linesAtOnce = 1_000;

async function answer(
  session: Session,
  argument: string,
  tell: (message: DropMessage) => string,
): Promise<void> {
  if (argument !== '') {
    const message = messageOf(session, argument);
    if (message !== undefined) session.ok(`${message.number} ${tell(message)}`);
    return;
  }
  session.ok('Here they are');
  let lines: string[] = [];
  for (const message of maildropOf(session).remaining()) {
    lines.push(`${message.number} ${tell(message)}\r\n`);
    if (lines.length < linesAtOnce) continue;
    await session.wire.send(Buffer.from(lines.join('')));
    lines = [];
  }
  await session.wire.send(Buffer.from(`${lines.join('')}.\r\n`));
}
