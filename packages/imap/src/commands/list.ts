// LIST (RFC 3501 §6.3.8; LIST-EXTENDED RFC 5258, CHILDREN RFC 3348, SPECIAL-USE RFC 6154, LIST-STATUS RFC 5819).
import { type ListRequest, parseList } from '../folders/list-request.ts';
import { sayStatus } from '../folders/say-status.ts';
import { selectFolders } from '../folders/select-folders.ts';
import { encodeMailboxName } from '../wire/mailbox-name.ts';
import { formatAstring } from '../wire/wire-string.ts';
import { afterLogin, type Command } from './command.ts';

export const list: Command<ListRequest> = {
  name: 'LIST',
  allowedIn: afterLogin,
  parse: parseList,
  async run(session, request) {
    const { out, ownMailbox } = session;
    // RFC 3501 §6.3.8: an empty name asks for the separator.
    if (request.isForSeparator) {
      out.untagged('LIST (\\Noselect) "/" ""');
      return undefined;
    }
    const folders = await ownMailbox.folders();
    const subscriptions = await ownMailbox.subscriptions();
    for (const listed of selectFolders({ folders, subscriptions }, request)) {
      const { name, attributes, isSelectable, childInfo } = listed;
      const wireName = formatAstring(encodeMailboxName(name, session), session);
      // RFC 5258 §3.5.
      const extended = childInfo ? ' ("CHILDINFO" ("SUBSCRIBED"))' : '';
      out.untagged(`LIST (${attributes.join(' ')}) "/" ${wireName}${extended}`);
      // RFC 5819 §2: no STATUS for what cannot be selected.
      const { statusItems } = request;
      if (isSelectable && statusItems.length > 0) await sayStatus(session, name, statusItems);
      await out.backPressure();
    }
    return undefined;
  },
};
