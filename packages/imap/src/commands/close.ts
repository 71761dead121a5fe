// CLOSE (RFC 3501 §6.4.2): expunges without a word, and nothing is selected then.
import { highestModseq } from '../folders/highest-modseq.ts';
import { type Command, noArguments, whenSelected } from './command.ts';

export const close: Command<void> = {
  name: 'CLOSE',
  allowedIn: whenSelected,
  updates: 'none',
  parse: noArguments,
  async run(session) {
    const { folder, isReadOnly } = session.selected;
    const gone = isReadOnly ? [] : await folder.expunge();
    // RFC 7162 §3.2.8.
    const code = gone.length > 0 ? highestModseq(session) : undefined;
    await session.closeView();
    return { code, text: 'Closed.' };
  },
};
