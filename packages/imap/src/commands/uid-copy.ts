// UID COPY (RFC 3501 §6.4.8).
import { answerCopy, type CopyArguments, parseCopy } from '../folders/copy-messages.ts';
import { type Command, whenSelected } from './command.ts';

export const uidCopy: Command<CopyArguments> = {
  name: 'UID COPY',
  allowedIn: whenSelected,
  parse: parseCopy,
  run: (session, args) => answerCopy(session, args, 'uid'),
};
