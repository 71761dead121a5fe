// LSUB (RFC 3501 §6.3.9): subscribed names; with "%" also names that only have subscribed ones below them.
import { selectFolders } from '../folders/select-folders.ts';
import { encodeMailboxName } from '../wire/mailbox-name.ts';
import { formatAstring } from '../wire/wire-string.ts';
import { afterLogin, type Command } from './command.ts';

export const lsub: Command<{ readonly reference: string; readonly pattern: string }> = {
  name: 'LSUB',
  allowedIn: afterLogin,
  parse(reader) {
    reader.space();
    const reference = reader.mailbox();
    reader.space();
    const pattern = reader.mailboxPattern();
    reader.end();
    return { reference, pattern };
  },
  async run(session, { reference, pattern }) {
    const { out, ownMailbox } = session;
    const folders = await ownMailbox.folders();
    const subscriptions = await ownMailbox.subscriptions();
    const subscribed = new Set(subscriptions);
    const listed = selectFolders(
      { folders, subscriptions },
      {
        reference,
        patterns: [pattern],
        onlySubscribed: true,
        onlySpecialUse: false,
        isRecursive: pattern.endsWith('%'),
        returnsSubscribed: false,
        statusItems: [],
        isForSeparator: false,
      },
    );
    for (const { name, attributes } of listed) {
      // RFC 3501 §6.3.9: \Noselect for a name that is not subscribed itself.
      const shown = subscribed.has(name) ? attributes : ['\\Noselect'];
      const wireName = formatAstring(encodeMailboxName(name, session), session);
      out.untagged(`LSUB (${shown.join(' ')}) "/" ${wireName}`);
    }
    return undefined;
  },
};
