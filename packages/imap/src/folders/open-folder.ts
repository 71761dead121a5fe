// Selects a folder and says what a client must know of it (RFC 3501 §6.3.1, RFC 9051 §6.3.2).
import type { Folder } from '@restante/mailbox-store';
import { enableCondstore } from '../qresync/enable-condstore.ts';
import { sayCatchUp } from '../qresync/catch-up.ts';
import { parseSelectParameters, type SelectParameters } from '../qresync/select-parameters.ts';
import { SelectedFolder } from '../session/selected-folder.ts';
import type { Session } from '../session/session.ts';
import { systemFlags } from '../wire/flags.ts';
import { encodeMailboxName } from '../wire/mailbox-name.ts';
import type { Reader } from '../wire/reader.ts';
import { bad, no } from '../wire/refusal.ts';
import type { Ending } from '../wire/responder.ts';
import { formatAstring } from '../wire/wire-string.ts';

export interface SelectArguments {
  readonly name: string;
  readonly parameters: SelectParameters;
}

export function parseSelect(reader: Reader): SelectArguments {
  reader.space();
  const name = reader.mailbox();
  const parameters = parseSelectParameters(reader);
  reader.end();
  return { name, parameters };
}

export async function answerSelect(
  session: Session,
  { name, parameters }: SelectArguments,
  { isReadOnly }: { readonly isReadOnly: boolean },
): Promise<Ending> {
  const { qresync } = parameters;
  // RFC 7162 §3.2.5: only once QRESYNC is enabled.
  if (qresync !== undefined && !session.isQresync) throw bad('Please ENABLE QRESYNC first.');
  if (session.view !== undefined) {
    await session.closeView();
    // RFC 7162 §3.2.11: what follows is about the new one.
    session.out.untagged('OK [CLOSED] Closed.');
  }
  // RFC 3501 §6.3.1: a SELECT that fails leaves nothing selected.
  const folder = await openFolder(session, name);
  if (parameters.isCondstore) enableCondstore(session);
  session.view = new SelectedFolder(folder, { isReadOnly });
  sayFolder(session, name);
  if (qresync !== undefined) await sayCatchUp(session, qresync);
  return isReadOnly
    ? { code: 'READ-ONLY', text: 'Opened, read-only.' }
    : { code: 'READ-WRITE', text: 'Opened.' };
}

async function openFolder({ ownMailbox }: Session, name: string): Promise<Folder> {
  const folder = await ownMailbox.open(name);
  if (folder === undefined) throw no('NONEXISTENT', 'There is no such mailbox.');
  try {
    await folder.refresh();
    return folder;
  } catch (cause) {
    await folder[Symbol.asyncDispose]();
    throw cause;
  }
}

function sayFolder(session: Session, name: string): void {
  const { out, selected: view } = session;
  const { folder, isReadOnly } = view;
  const flags = [...systemFlags, ...folder.keywords].join(' ');
  out.untagged(`FLAGS (${flags})`);
  // "\*": new keywords may be made.
  out.untagged(`OK [PERMANENTFLAGS (${isReadOnly ? '' : `${flags} \\*`})] Flags that stay.`);
  out.untagged(`${view.exists} EXISTS`);
  if (session.isRev2) {
    // RFC 9051 §6.3.2: the name as the server has it.
    const wireName = encodeMailboxName(name, session);
    out.untagged(`LIST () "/" ${formatAstring(wireName, session)}`);
  } else {
    out.untagged('0 RECENT');
    const unseen = folder.messages.findIndex(({ flags: its }) => !its.includes('\\Seen'));
    if (unseen >= 0) out.untagged(`OK [UNSEEN ${unseen + 1}] The first unread one.`);
  }
  out.untagged(`OK [UIDVALIDITY ${folder.uidValidity}] UIDs hold while this does.`);
  out.untagged(`OK [UIDNEXT ${folder.uidNext}] The next UID.`);
  out.untagged(`OK [HIGHESTMODSEQ ${folder.highestModseq}] The newest change.`);
  // RFC 8474 §4.2.
  out.untagged(`OK [MAILBOXID (${folder.mailboxId})] Stays when it is renamed.`);
}
