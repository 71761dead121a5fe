// CAPABILITY (RFC 3501 §6.1.1).
import { capabilities } from '../capabilities.ts';
import { always, type Command, noArguments } from './command.ts';

export const capability: Command<void> = {
  name: 'CAPABILITY',
  allowedIn: always,
  parse: noArguments,
  async run(session) {
    session.out.untagged(`CAPABILITY ${capabilities(session).join(' ')}`);
    return undefined;
  },
};
