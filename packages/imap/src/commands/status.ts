// STATUS (RFC 3501 §6.3.10; SIZE RFC 8438, MAILBOXID RFC 8474 §4.3, HIGHESTMODSEQ RFC 7162 §3.1.7, DELETED RFC 9208 §4.1.4).
import { parseStatusItems, sayStatus, type StatusItem } from '../folders/say-status.ts';
import { no } from '../wire/refusal.ts';
import { afterLogin, type Command } from './command.ts';

interface Arguments {
  readonly name: string;
  readonly items: readonly StatusItem[];
}

export const status: Command<Arguments> = {
  name: 'STATUS',
  allowedIn: afterLogin,
  parse(reader) {
    reader.space();
    const name = reader.mailbox();
    reader.space();
    const items = parseStatusItems(reader);
    reader.end();
    return { name, items };
  },
  async run(session, { name, items }) {
    if (!(await sayStatus(session, name, items))) {
      throw no('NONEXISTENT', 'There is no such mailbox.');
    }
    return undefined;
  },
};
