// The commands that move no mail: STAT, NOOP, RSET, DELE (RFC 1939 §5).
import { afterLogin, maildropOf, messageOf, type Pop3Command } from './command.ts';

export const stat: Pop3Command = {
  verb: 'STAT',
  allowedIn: afterLogin,
  run: (session) => {
    const { messages, sizeBytes } = maildropOf(session).totals;
    session.ok(`${messages} ${sizeBytes}`);
  },
};

export const noop: Pop3Command = {
  verb: 'NOOP',
  allowedIn: afterLogin,
  run: (session) => session.ok('Still here'),
};

export const rset: Pop3Command = {
  verb: 'RSET',
  allowedIn: afterLogin,
  run: (session) => {
    maildropOf(session).undelete();
    session.ok('Nothing is marked as deleted');
  },
};

export const dele: Pop3Command = {
  verb: 'DELE',
  allowedIn: afterLogin,
  run: (session, argument) => {
    const message = messageOf(session, argument);
    if (message === undefined) return;
    maildropOf(session).delete(message);
    session.ok(`Message ${message.number} goes when you QUIT`);
  },
};
