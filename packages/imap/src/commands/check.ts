// CHECK (RFC 3501 §6.4.1): everything is on disk already, so it is a NOOP.
import { type Command, noArguments, whenSelected } from './command.ts';

export const check: Command<void> = {
  name: 'CHECK',
  allowedIn: whenSelected,
  looksAtDisk: true,
  parse: noArguments,
  run: async () => undefined,
};
