// NAMESPACE (RFC 2342): one's own folders, and nobody else's.
import { afterLogin, type Command, noArguments } from './command.ts';

export const namespace: Command<void> = {
  name: 'NAMESPACE',
  allowedIn: afterLogin,
  parse: noArguments,
  async run(session) {
    session.out.untagged('NAMESPACE (("" "/")) NIL NIL');
    return undefined;
  },
};
