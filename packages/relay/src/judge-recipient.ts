// Is this recipient somebody we answer for? One function, asked for every RCPT.
//
// Order: whose domain is it -> are we its home or its backup -> does the person exist (own list or mirror) -> is the mail
// too large for it. No relaying for strangers, in whatever spelling (threats 6 and 7).
//
// What a peer brings is taken only by the home, so it cannot go to and fro (RFC 5321 §6.3):
//   we are the home                        taken, also when it started here: its domain moved, it comes home
//   we are not, and it has been here       554: a circle
//   we are not, and it has not been here   451: the cluster files of the two sites differ at the moment
//   it is nobody's of the cluster, and the peer asks us to send it on, because it does not get through itself: taken once
import { domainOf, type HopNote, type SmtpReply } from '@restante/mail-model';
import type { RecipientList } from '@restante/recipients';
import type { EdgeSession, MailCommand } from '@restante/smtp';
import { replies } from './replies.ts';
import type { Router } from './router.ts';

export interface RecipientParts {
  readonly site: string;
  readonly router: Router;
  /** The list that answers for a domain: our own as its home, the mirror as its backup. */
  readonly listFor: (domain: string) => RecipientList | undefined;
}

export interface AskedRecipient {
  readonly session: EdgeSession;
  readonly mail: MailCommand;
  readonly address: string;
}

export function judgeRecipient(
  parts: RecipientParts,
  { session, mail, address }: AskedRecipient,
): SmtpReply | undefined {
  const domain = domainOf(address);
  const role = parts.router.roleFor(domain);
  if (session.peer !== undefined && role !== 'home') {
    const hop = session.notes.get('hop') as HopNote | undefined;
    if (hop?.path.includes(parts.site) === true) return replies.looping;
    return hop?.onward === true && !parts.router.isOurs(domain) ? undefined : replies.notItsHome;
  }
  if (role === 'foreign') return relayDenied(parts, mail);

  const list = parts.listFor(domain);
  if (list === undefined) return replies.noListYet;
  const answer = list.lookup(address);
  switch (answer.kind) {
    case 'known':
      // What a peer brings was small enough when it came; the fields on top are ours.
      return session.peer === undefined
        ? tooLarge(answer.messageMaxBytes, mail.sizeBytes)
        : undefined;
    case 'unknown':
      return replies.unknownRecipient;
    case 'full':
      return replies.fullMailbox;
    case 'suspended':
      return replies.suspendedRecipient;
    case 'no-list':
      return replies.noListYet;
  }
}

function relayDenied(parts: RecipientParts, mail: MailCommand): SmtpReply {
  // A sender of one of our own domains is most likely a customer who did not log in: tell him what to do.
  return mail.sender !== '' && parts.router.isOurs(domainOf(mail.sender))
    ? replies.customerNotLoggedIn
    : replies.relayDenied;
}

function tooLarge(
  maxBytes: number | undefined,
  sizeBytes: number | undefined,
): SmtpReply | undefined {
  if (maxBytes === undefined || sizeBytes === undefined || sizeBytes <= maxBytes) return undefined;
  return replies.messageTooLargeFor(maxBytes);
}
