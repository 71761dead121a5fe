// CREATE (RFC 3501 §6.3.3), with a special use (CREATE-SPECIAL-USE, RFC 6154 §3), answered with its id (RFC 8474 §4.1).
import { expectDone } from '../folders/folder-refusal.ts';
import { specialUseOf } from '../folders/special-use.ts';
import type { Reader } from '../wire/reader.ts';
import { bad, no } from '../wire/refusal.ts';
import { afterLogin, type Command } from './command.ts';

interface Arguments {
  readonly name: string;
  readonly uses: readonly string[];
}

export const create: Command<Arguments> = {
  name: 'CREATE',
  allowedIn: afterLogin,
  parse(reader) {
    reader.space();
    // RFC 3501 §6.3.3: a "/" at the end says that there will be others below; it is not part of the name.
    const name = reader.mailbox().replace(/\/$/, '');
    const uses = reader.take(' ') ? parseUses(reader) : [];
    reader.end();
    return { name, uses };
  },
  async run(session, { name, uses }) {
    const mailbox = session.ownMailbox;
    const [first, ...others] = uses.map(specialUseOf);
    // RFC 6154 §3: USEATTR for what cannot be had.
    if (uses.length > 0 && (first === undefined || others.length > 0)) {
      throw no('USEATTR', 'A mailbox has one special use, of those that are known.');
    }
    const options = first === undefined ? {} : { specialUse: first };
    expectDone(await mailbox.createFolder(name, options));
    const status = await mailbox.status(name);
    return {
      code: status === undefined ? undefined : `MAILBOXID (${status.mailboxId})`,
      text: 'Created.',
    };
  },
};

/** RFC 6154 §6: "(USE (\Sent))". */
function parseUses(reader: Reader): readonly string[] {
  reader.open();
  if (reader.word() !== 'USE') throw bad('CREATE has no such parameter.');
  reader.space();
  const uses = reader.list(() => reader.flag(), { mayBeEmpty: true });
  reader.close();
  return uses;
}
