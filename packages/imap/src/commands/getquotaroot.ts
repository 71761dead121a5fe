// GETQUOTAROOT (RFC 9208 §4.1.2): every mailbox counts towards the account's quota.
import { sayQuota } from '../folders/say-quota.ts';
import { encodeMailboxName } from '../wire/mailbox-name.ts';
import { formatAstring } from '../wire/wire-string.ts';
import { afterLogin, type Command } from './command.ts';
import { oneMailbox } from './one-mailbox.ts';

export const getquotaroot: Command<string> = {
  name: 'GETQUOTAROOT',
  allowedIn: afterLogin,
  parse: oneMailbox,
  async run(session, name) {
    const wireName = formatAstring(encodeMailboxName(name, session), session);
    session.out.untagged(`QUOTAROOT ${wireName} ""`);
    sayQuota(session);
    return undefined;
  },
};
