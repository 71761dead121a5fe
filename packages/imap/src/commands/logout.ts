// LOGOUT (RFC 3501 §6.1.3): BYE before the OK, then the end.
import { always, type Command, noArguments } from './command.ts';

export const logout: Command<void> = {
  name: 'LOGOUT',
  allowedIn: always,
  updates: 'none',
  parse: noArguments,
  async run(session) {
    session.out.untagged('BYE Until next time.');
    session.afterwards = () => session.wire.end();
    return undefined;
  },
};
