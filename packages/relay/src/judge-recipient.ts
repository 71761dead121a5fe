// Is this recipient somebody we answer for? One function, asked for every RCPT.
//
// Order: whose domain is it -> are we its home or its backup -> does the person exist (own list or mirror) -> is the mail
// too large for it. No relaying for strangers, in whatever spelling (threats 6 and 7).
import { domainOf, type SmtpReply } from '@restante/mail-model';
import type { RecipientList } from '@restante/recipients';
import type { EdgeSession, MailCommand } from '@restante/smtp';
import { replies } from './replies.ts';
import type { Router } from './router.ts';

export interface RecipientParts {
  readonly router: Router;
  /** The list that answers for a domain: our own as its home, the mirror as its backup. */
  readonly listFor: (domain: string) => RecipientList | undefined;
}

export interface AskedRecipient {
  readonly session: EdgeSession;
  readonly mail: MailCommand;
  readonly address: string;
}

export function judgeRecipient(parts: RecipientParts, { session, mail, address }: AskedRecipient): SmtpReply | undefined {
  const domain = domainOf(address);
  const role = parts.router.roleFor(domain);
  if (role === 'foreign') return relayDenied(parts, mail);

  // A peer hands over what is ours to keep. What we would only hand back to a peer is a circle.
  if (session.peer !== undefined && role === 'backup') return replies.looping;

  const list = parts.listFor(domain);
  if (list === undefined) return replies.noListYet;
  const answer = list.lookup(address);
  switch (answer.kind) {
    case 'known':
      return tooLarge(answer.messageMaxBytes, mail.sizeBytes);
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
  return mail.sender !== '' && parts.router.isOurs(domainOf(mail.sender)) ? replies.customerNotLoggedIn : replies.relayDenied;
}

function tooLarge(maxBytes: number | undefined, sizeBytes: number | undefined): SmtpReply | undefined {
  if (maxBytes === undefined || sizeBytes === undefined || sizeBytes <= maxBytes) return undefined;
  return replies.messageTooLargeFor(maxBytes);
}
