// EXPUNGE (RFC 3501 §6.4.3). What went is told by the border, as EXPUNGE or VANISHED.
import { highestModseq } from '../folders/highest-modseq.ts';
import { no } from '../wire/refusal.ts';
import { type Command, noArguments, whenSelected } from './command.ts';

export const expunge: Command<void> = {
  name: 'EXPUNGE',
  allowedIn: whenSelected,
  parse: noArguments,
  async run(session) {
    const { folder, isReadOnly } = session.selected;
    if (isReadOnly) throw no('READ-ONLY', 'This mailbox was opened read-only.');
    const gone = await folder.expunge();
    // RFC 7162 §3.2.9.
    return { code: gone.length > 0 ? highestModseq(session) : undefined, text: 'Expunged.' };
  },
};
