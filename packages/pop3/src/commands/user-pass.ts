// USER and PASS (RFC 1939 §7). USER says yes to every name, so that nobody learns who there is (threat 11).
import { enter } from '../session/enter.ts';
import type { Session } from '../session/session.ts';
import { beforeLogin, type Pop3Command } from './command.ts';

export const user: Pop3Command = {
  verb: 'USER',
  allowedIn: beforeLogin,
  run: (session, argument) => {
    if (!isPrivate(session)) return;
    if (argument === '') return session.no('USER needs your mail address');
    session.user = argument;
    session.ok('And the password?');
  },
};

export const pass: Pop3Command = {
  verb: 'PASS',
  allowedIn: beforeLogin,
  // RFC 1939 §7: the password is the rest of the line, blanks and all.
  run: async (session, argument) => {
    if (!isPrivate(session)) return;
    const { user: login } = session;
    session.user = undefined;
    if (login === undefined) return session.no('USER comes first');
    await enter(session, await session.credentials.verifyPassword(login, argument, 'USER'));
  },
};

/** RFC 2595 §2.1. */
export function isPrivate(session: Session): boolean {
  if (session.isPrivate) return true;
  session.no('Logging in needs an encrypted connection; say STLS first', 'AUTH');
  return false;
}
