// May one of our people write to this address? Anybody in the world; of our own domains only to who is there, said at once and not
// in a report later.
import { domainOf, type SmtpReply } from '@restante/mail-model';
import { replies as relayReplies, type RecipientParts } from '@restante/relay';
import type { MailCommand } from '@restante/smtp';

export function judgeRecipient(
  { router, listFor }: Pick<RecipientParts, 'router' | 'listFor'>,
  { mail, address }: { readonly mail: MailCommand; readonly address: string },
): SmtpReply | undefined {
  const domain = domainOf(address);
  if (router.roleFor(domain) === 'foreign') return undefined;
  const answer = listFor(domain)?.lookup(address);
  switch (answer?.kind) {
    case 'unknown':
      return relayReplies.unknownRecipient;
    case 'suspended':
      return relayReplies.suspendedRecipient;
    case 'known': {
      const { messageMaxBytes } = answer;
      const isTooLarge = messageMaxBytes !== undefined && (mail.sizeBytes ?? 0) > messageMaxBytes;
      return isTooLarge ? relayReplies.messageTooLargeFor(messageMaxBytes) : undefined;
    }
    // A mailbox may be emptied, a list may come: mail programs do not try again, we do.
    case 'full':
    case 'no-list':
    case undefined:
      return undefined;
  }
}
