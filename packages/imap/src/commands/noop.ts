// NOOP (RFC 3501 §6.1.2): the client asks for news.
import { always, type Command, noArguments } from './command.ts';

export const noop: Command<void> = {
  name: 'NOOP',
  allowedIn: always,
  looksAtDisk: true,
  parse: noArguments,
  run: async () => undefined,
};
