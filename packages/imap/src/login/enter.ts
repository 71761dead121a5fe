// What a verdict about a login means for the session and for the client (RFC 5530 §3). The same words for every kind of "no".
import type { LoginVerdict } from '@restante/sasl';
import { capabilities } from '../capabilities.ts';
import type { Session } from '../session/session.ts';
import { no } from '../wire/refusal.ts';
import type { Ending } from '../wire/responder.ts';

/** RFC 3501 §6.2.3: LOGINDISABLED; no secret is looked at, and none should have been said. */
export function demandPrivacy({ wire }: Session): void {
  if (!wire.isPrivate) throw no('PRIVACYREQUIRED', 'Not without TLS.');
}

/** Makes the session an authenticated one, or throws what the client is told. */
export async function enter(session: Session, verdict: LoginVerdict): Promise<Ending> {
  switch (verdict.kind) {
    case 'in':
      break;
    case 'refused':
      return refuse(session);
    case 'suspended':
      throw no('AUTHORIZATIONFAILED', 'This account is closed.');
    case 'wait':
      endWhenTried(session);
      throw no('UNAVAILABLE', `Too many wrong logins; try again in ${verdict.seconds} seconds.`);
    case 'unavailable':
      throw no('UNAVAILABLE', 'Logins cannot be checked now; try again later.');
  }
  const mailbox = await session.server.mailboxes(verdict.account);
  if (mailbox === undefined) throw no('UNAVAILABLE', 'The mailbox cannot be opened now.');
  session.account = verdict.account;
  session.mailbox = mailbox;
  session.failedLogins = 0;
  // RFC 3501 §6.2.3: along with the OK, so that a client need not ask.
  return { code: `CAPABILITY ${capabilities(session).join(' ')}`, text: 'Logged in.' };
}

function refuse(session: Session): never {
  endWhenTried(session);
  throw no('AUTHENTICATIONFAILED', 'That is not the right address and password.');
}

function endWhenTried(session: Session): void {
  session.failedLogins += 1;
  if (session.failedLogins < session.server.limits.failedLoginsMax) return;
  session.afterwards = () => {
    session.out.untagged('BYE Too many wrong logins.');
    session.wire.end();
  };
}
