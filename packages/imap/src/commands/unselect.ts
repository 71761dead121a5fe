// UNSELECT (RFC 3691): CLOSE without expunging.
import { type Command, noArguments, whenSelected } from './command.ts';

export const unselect: Command<void> = {
  name: 'UNSELECT',
  allowedIn: whenSelected,
  updates: 'none',
  parse: noArguments,
  async run(session) {
    await session.closeView();
    return undefined;
  },
};
