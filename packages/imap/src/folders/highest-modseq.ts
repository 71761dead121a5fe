// [HIGHESTMODSEQ n] in the tagged OK of what removed messages (RFC 7162 §3.2.7 - §3.2.9), for clients that count.
import type { Session } from '../session/session.ts';

export function highestModseq(session: Session): string | undefined {
  return session.isCondstore ? `HIGHESTMODSEQ ${session.selected.folder.highestModseq}` : undefined;
}
