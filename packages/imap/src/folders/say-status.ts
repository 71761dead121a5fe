// STATUS of one folder (RFC 3501 §7.2.4), for STATUS itself and for LIST (RFC 5819).
import type { FolderStatus } from '@restante/mailbox-store';
import { enableCondstore } from '../qresync/enable-condstore.ts';
import type { Session } from '../session/session.ts';
import { encodeMailboxName } from '../wire/mailbox-name.ts';
import type { Reader } from '../wire/reader.ts';
import { bad } from '../wire/refusal.ts';
import { formatAstring } from '../wire/wire-string.ts';

const items = {
  MESSAGES: ({ messages }: FolderStatus) => String(messages),
  // \Recent is not kept; see STANDARDS.md.
  RECENT: () => '0',
  UIDNEXT: ({ uidNext }: FolderStatus) => String(uidNext),
  UIDVALIDITY: ({ uidValidity }: FolderStatus) => String(uidValidity),
  UNSEEN: ({ unseen }: FolderStatus) => String(unseen),
  DELETED: ({ deleted }: FolderStatus) => String(deleted),
  SIZE: ({ sizeBytes }: FolderStatus) => String(sizeBytes),
  HIGHESTMODSEQ: ({ highestModseq }: FolderStatus) => String(highestModseq),
  MAILBOXID: ({ mailboxId }: FolderStatus) => `(${mailboxId})`,
} as const;

export type StatusItem = keyof typeof items | 'APPENDLIMIT' | 'DELETED-STORAGE';

export function parseStatusItems(reader: Reader): readonly StatusItem[] {
  const asked = reader.list(() => {
    const word = reader.word();
    if (word in items || word === 'APPENDLIMIT' || word === 'DELETED-STORAGE') {
      return word as StatusItem;
    }
    throw bad(`STATUS knows no ${word}.`);
  });
  return [...new Set(asked)];
}

/** False when there is no such folder; nothing was said then. */
export async function sayStatus(
  session: Session,
  name: string,
  asked: readonly StatusItem[],
): Promise<boolean> {
  const status = await session.ownMailbox.status(name);
  if (status === undefined) return false;
  // RFC 7162 §3.1: asking for HIGHESTMODSEQ shows that a client knows mod-sequences.
  if (asked.includes('HIGHESTMODSEQ')) enableCondstore(session);
  const values: string[] = [];
  for (const item of asked)
    values.push(`${item} ${await valueOf(session, { item, name, status })}`);
  const wireName = formatAstring(encodeMailboxName(name, session), session);
  session.out.untagged(`STATUS ${wireName} (${values.join(' ')})`);
  return true;
}

interface Asked {
  readonly item: StatusItem;
  readonly name: string;
  readonly status: FolderStatus;
}

async function valueOf(session: Session, { item, name, status }: Asked): Promise<string> {
  // RFC 7889 §3.
  if (item === 'APPENDLIMIT') return String(session.server.limits.appendMaxBytes);
  if (item !== 'DELETED-STORAGE') return items[item](status);
  return status.deleted === 0 ? '0' : deletedBytes(session, name);
}

/** RFC 9208 §4.1.4: what EXPUNGE would give back, in octets. */
async function deletedBytes({ ownMailbox }: Session, name: string): Promise<string> {
  await using folder = await ownMailbox.open(name);
  const sizes = (folder?.messages ?? [])
    .filter(({ flags }) => flags.includes('\\Deleted'))
    .map(({ sizeBytes }) => sizeBytes);
  return String(sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0));
}
