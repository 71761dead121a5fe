// IDLE (RFC 2177): news are told as they come, until DONE. No timer of its own; the listener looks at the disk for all.
import type { Session } from '../session/session.ts';
import { tellUpdates } from '../session/tell-updates.ts';
import { bad } from '../wire/refusal.ts';
import { ConnectionGone } from '../wire/responder.ts';
import { afterLogin, type Command, noArguments } from './command.ts';

const doneMaxBytes = 1_000;

export const idle: Command<void> = {
  name: 'IDLE',
  allowedIn: afterLogin,
  parse: noArguments,
  async run(session) {
    const { view, out, wire } = session;
    await view?.folder.refresh();
    out.continuation('idling');
    session.isIdling = true;
    const told = tellSoon(session);
    if (view !== undefined) view.onPending = told;
    told();
    try {
      const line = await wire.readLine(doneMaxBytes);
      if (line === undefined) throw new ConnectionGone();
      if (!/^done$/i.test(line)) throw bad('Only DONE ends IDLE.');
    } finally {
      session.isIdling = false;
      if (view !== undefined) view.onPending = undefined;
    }
    return undefined;
  },
};

/** What happens in one turn of the loop is told at once. A client that does not read is told later, all of it in one. */
function tellSoon(session: Session): () => void {
  let isPlanned = false;
  const tell = () => {
    isPlanned = false;
    if (!session.isIdling) return;
    const full = session.out.whenRoom();
    if (full !== undefined) {
      isPlanned = true;
      void full.then(tell);
      return;
    }
    tellUpdates(session, { mayExpunge: true });
    session.wire.flush();
  };
  return () => {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(tell);
  };
}
