// COPY (RFC 3501 §6.4.7).
import { answerCopy, type CopyArguments, parseCopy } from '../folders/copy-messages.ts';
import { type Command, whenSelected } from './command.ts';

export const copy: Command<CopyArguments> = {
  name: 'COPY',
  allowedIn: whenSelected,
  parse: parseCopy,
  run: (session, args) => answerCopy(session, args, 'sequence'),
};
