// SUBSCRIBE (RFC 3501 §6.3.6): a name that is there, so that a client hears of a typing mistake.
import { no } from '../wire/refusal.ts';
import { afterLogin, type Command } from './command.ts';
import { oneMailbox } from './one-mailbox.ts';

export const subscribe: Command<string> = {
  name: 'SUBSCRIBE',
  allowedIn: afterLogin,
  parse: oneMailbox,
  async run(session, name) {
    const mailbox = session.ownMailbox;
    const folders = await mailbox.folders();
    if (!folders.some((folder) => folder.name === name)) {
      throw no('NONEXISTENT', 'There is no such mailbox.');
    }
    await mailbox.setSubscribed(name, true);
    return { text: 'Subscribed.' };
  },
};
