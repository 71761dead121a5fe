// UID MOVE (RFC 6851 §3.2).
import { answerMove, type CopyArguments, parseCopy } from '../folders/copy-messages.ts';
import { type Command, whenSelected } from './command.ts';

export const uidMove: Command<CopyArguments> = {
  name: 'UID MOVE',
  allowedIn: whenSelected,
  parse: parseCopy,
  run: (session, args) => answerMove(session, args, 'uid'),
};
