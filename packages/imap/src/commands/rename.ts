// RENAME (RFC 3501 §6.3.5); that of INBOX moves its messages away and leaves it empty.
import { expectDone } from '../folders/folder-refusal.ts';
import { afterLogin, type Command } from './command.ts';

export const rename: Command<{ readonly from: string; readonly to: string }> = {
  name: 'RENAME',
  allowedIn: afterLogin,
  parse(reader) {
    reader.space();
    const from = reader.mailbox();
    reader.space();
    const to = reader.mailbox().replace(/\/$/, '');
    reader.end();
    return { from, to };
  },
  async run(session, { from, to }) {
    expectDone(await session.ownMailbox.renameFolder(from, to));
    return { text: 'Renamed.' };
  },
};
