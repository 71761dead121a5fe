// From a verdict about a login to an open maildrop, or to what the client is told (RFC 3206 for the codes). The same words for every
// kind of "no".
import type { LoginVerdict } from '@restante/sasl';
import { Maildrop } from './maildrop.ts';
import type { Session } from './session.ts';

export async function enter(session: Session, verdict: LoginVerdict): Promise<void> {
  switch (verdict.kind) {
    case 'in':
      return openMaildrop(session, verdict.account);
    case 'refused':
      session.no(
        'That is not the right address and password; the name is the full address',
        'AUTH',
      );
      break;
    case 'suspended':
      session.no('This account is disabled; please ask the postmaster', 'SYS/PERM');
      break;
    case 'wait': {
      const seconds = Math.max(1, Math.ceil(verdict.seconds));
      session.no(`Too many wrong logins; try again in ${seconds} seconds`, 'SYS/TEMP');
      break;
    }
    case 'unavailable':
      session.no('Logins cannot be checked now; try again later', 'SYS/TEMP');
      break;
  }
  session.refusedLogins += 1;
  if (session.refusedLogins >= session.server.limits.failedLoginsMax) session.wire.end();
}

async function openMaildrop(session: Session, account: string): Promise<void> {
  const { server } = session;
  try {
    const mailbox = await server.mailboxes(account);
    if (mailbox === undefined) return session.no('The mailbox cannot be opened now', 'SYS/TEMP');
    const maildrop = await Maildrop.open(mailbox);
    // RFC 2449 §8.1.1.
    if (maildrop === undefined)
      return session.no('Another program is fetching mail from this mailbox', 'IN-USE');
    session.maildrop = maildrop;
  } catch (cause) {
    server.onFailure?.({ command: 'login', account, cause });
    return session.no('The mailbox cannot be opened now', 'SYS/TEMP');
  }
  session.account = account;
  session.state = 'transaction';
  const { messages, sizeBytes } = session.maildrop.totals;
  session.ok(`${messages} messages (${sizeBytes} octets)`);
}
