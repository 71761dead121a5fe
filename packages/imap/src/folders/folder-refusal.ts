// What an answer of the mailbox about folders means on the wire (RFC 5530 §3).
import type { FolderAnswer } from '@restante/mailbox-store';
import { no } from '../wire/refusal.ts';

/** Returns when it was done, throws NO otherwise. */
export function expectDone(answer: FolderAnswer): void {
  switch (answer.kind) {
    case 'done':
      return;
    case 'exists':
      throw no('ALREADYEXISTS', 'There is a mailbox of this name already.');
    case 'no-such-folder':
      throw no('NONEXISTENT', 'There is no such mailbox.');
    case 'has-children':
      throw no('HASCHILDREN', 'There are mailboxes below it.');
    case 'name-refused':
      throw no('CANNOT', answer.why);
  }
}
