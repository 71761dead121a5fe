// MOVE (RFC 6851 §3.1).
import { answerMove, type CopyArguments, parseCopy } from '../folders/copy-messages.ts';
import { type Command, whenSelected } from './command.ts';

export const move: Command<CopyArguments> = {
  name: 'MOVE',
  allowedIn: whenSelected,
  parse: parseCopy,
  run: (session, args) => answerMove(session, args, 'sequence'),
};
