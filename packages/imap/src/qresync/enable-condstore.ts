// The first command that shows a client knows mod-sequences switches them on (RFC 7162 §3.1): from then on MODSEQ is told with flags.
import type { Session } from '../session/session.ts';

export function enableCondstore(session: Session): void {
  if (session.isCondstore) return;
  session.enabled.add('CONDSTORE');
  // RFC 7162 §3.1.2.1: the value the client counts from.
  const { view } = session;
  if (view !== undefined) {
    session.out.untagged(`OK [HIGHESTMODSEQ ${view.folder.highestModseq}] Counting from here.`);
  }
}
