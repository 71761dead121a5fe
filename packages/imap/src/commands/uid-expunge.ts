// UID EXPUNGE (RFC 4315 §2.1): only those that are both named and \Deleted.
import { highestModseq } from '../folders/highest-modseq.ts';
import { uidsIn } from '../folders/uids-in.ts';
import { no } from '../wire/refusal.ts';
import type { SequenceSet } from '../wire/sequence-set.ts';
import { type Command, whenSelected } from './command.ts';

export const uidExpunge: Command<SequenceSet> = {
  name: 'UID EXPUNGE',
  allowedIn: whenSelected,
  parse(reader) {
    reader.space();
    const set = reader.sequenceSet();
    reader.end();
    return set;
  },
  async run(session, set) {
    const { selected: view } = session;
    if (view.isReadOnly) throw no('READ-ONLY', 'This mailbox was opened read-only.');
    const gone = await view.folder.expunge({ uids: uidsIn(view, set, 'uid') });
    return { code: gone.length > 0 ? highestModseq(session) : undefined, text: 'Expunged.' };
  },
};
