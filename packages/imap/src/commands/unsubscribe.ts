// UNSUBSCRIBE (RFC 3501 §6.3.7); the mailbox may be gone already.
import { afterLogin, type Command } from './command.ts';
import { oneMailbox } from './one-mailbox.ts';

export const unsubscribe: Command<string> = {
  name: 'UNSUBSCRIBE',
  allowedIn: afterLogin,
  parse: oneMailbox,
  async run(session, name) {
    await session.ownMailbox.setSubscribed(name, false);
    return { text: 'Unsubscribed.' };
  },
};
