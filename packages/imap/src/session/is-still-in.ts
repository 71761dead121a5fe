// Is whoever logged in still let in? Asked again before every command, and of clients that idle now and then.
//
// A store lets go of mailboxes nobody has a folder open of; the session takes the new one then and nobody notices. With a folder open
// another mailbox means that the account is another one.
import type { Session } from './session.ts';

/** False when the account was removed or suspended meanwhile. */
export async function isStillIn(session: Session): Promise<boolean> {
  const { account, mailbox } = session;
  if (account === undefined || mailbox === undefined) return true;
  const present = await presentMailbox(session, account);
  if (present === 'unknown' || present === mailbox) return true;
  if (present === undefined || session.view !== undefined) return false;
  // Still the same login: others may have asked meanwhile.
  if (session.mailbox === mailbox) session.mailbox = present;
  return true;
}

/** What cannot be found out ends nobody: the command that needs the mailbox fails by itself. */
async function presentMailbox({ server }: Session, account: string) {
  try {
    return await server.mailboxes(account);
  } catch (cause) {
    if (!server.isStopping()) server.onFailure({ command: '', account, cause });
    return 'unknown';
  }
}

export const accountClosed = 'This account was closed.';
