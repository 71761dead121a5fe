// SELECT (RFC 3501 §6.3.1, RFC 9051 §6.3.2) with CONDSTORE and QRESYNC (RFC 7162 §3.1.8, §3.2.5).
import { answerSelect, parseSelect, type SelectArguments } from '../folders/open-folder.ts';
import { afterLogin, type Command } from './command.ts';

export const select: Command<SelectArguments> = {
  name: 'SELECT',
  allowedIn: afterLogin,
  updates: 'none',
  parse: parseSelect,
  run: (session, args) => answerSelect(session, args, { isReadOnly: false }),
};
