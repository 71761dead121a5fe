// UNAUTHENTICATE (RFC 8437): the connection, its TLS and its compression stay; everything else is as after the greeting.
import { afterLogin, type Command, noArguments } from './command.ts';

export const unauthenticate: Command<void> = {
  name: 'UNAUTHENTICATE',
  allowedIn: afterLogin,
  updates: 'none',
  parse: noArguments,
  async run(session) {
    await session.closeView();
    session.enabled.clear();
    session.mailbox = undefined;
    session.account = undefined;
    session.failedLogins = 0;
    return { text: 'Nobody is logged in now.' };
  },
};
