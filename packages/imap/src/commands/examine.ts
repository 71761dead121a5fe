// EXAMINE (RFC 3501 §6.3.2): SELECT, and nothing can be changed.
import { answerSelect, parseSelect, type SelectArguments } from '../folders/open-folder.ts';
import { afterLogin, type Command } from './command.ts';

export const examine: Command<SelectArguments> = {
  name: 'EXAMINE',
  allowedIn: afterLogin,
  updates: 'none',
  parse: parseSelect,
  run: (session, args) => answerSelect(session, args, { isReadOnly: true }),
};
