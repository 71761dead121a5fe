// Tells what happened in the selected folder: EXPUNGE or VANISHED, EXISTS, FETCH FLAGS (RFC 3501 §7.3, §7.4; RFC 7162 §3.2).
import type { Message } from '@restante/mailbox-store';
import { formatNumberSet } from '../wire/sequence-set.ts';
import type { Session } from './session.ts';

export function tellUpdates(
  session: Session,
  { mayExpunge }: { readonly mayExpunge: boolean },
): void {
  const { view, out } = session;
  if (view === undefined || !view.hasPending) return;
  const { expunged, vanished, exists, changed } = view.takePending({ mayExpunge });
  if (session.isQresync) {
    // RFC 7162 §3.2.10: VANISHED instead of EXPUNGE once QRESYNC is enabled.
    if (vanished.length > 0) out.untagged(`VANISHED ${formatNumberSet(vanished)}`);
  } else for (const sequence of expunged) out.untagged(`${sequence} EXPUNGE`);
  if (exists !== undefined) {
    out.untagged(`${exists} EXISTS`);
    // RFC 9051 §7.1: RECENT is gone from rev2.
    if (!session.isRev2) out.untagged('0 RECENT');
  }
  for (const { sequence, message } of changed) {
    out.untagged(`${sequence} FETCH (${flagItems(session, message)})`);
  }
}

/** What an unsolicited FETCH of flags carries. RFC 7162 §3.2.4: UID with QRESYNC, MODSEQ with CONDSTORE; RFC 9051 §7.5.2: UID. */
export function flagItems(session: Session, { uid, flags, modseq }: Message): string {
  const hasUid = session.isQresync || session.isRev2;
  const hasModseq = session.isCondstore;
  return `${hasUid ? `UID ${uid} ` : ''}FLAGS (${flags.join(' ')})${hasModseq ? ` MODSEQ (${modseq})` : ''}`;
}
