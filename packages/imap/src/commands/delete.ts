// DELETE (RFC 3501 §6.3.4).
import { expectDone } from '../folders/folder-refusal.ts';
import { no } from '../wire/refusal.ts';
import { afterLogin, type Command } from './command.ts';
import { oneMailbox } from './one-mailbox.ts';

export const remove: Command<string> = {
  name: 'DELETE',
  allowedIn: afterLogin,
  parse: oneMailbox,
  async run(session, name) {
    // RFC 3501 §6.3.4: INBOX cannot go.
    if (name === 'INBOX') throw no('CANNOT', 'INBOX stays.');
    if (session.view?.folder.name === name) {
      await session.closeView();
      session.out.untagged('OK [CLOSED] Closed, for it is being deleted.');
    }
    expectDone(await session.ownMailbox.deleteFolder(name));
    return { text: 'Deleted.' };
  },
};
