// What is said of a recipient when the server did not say anything: replies in our own words, all of them temporary.
import { smtpReply } from '@restante/mail-model';
import type { SmtpReply } from '@restante/mail-model';
import type { SmtpPhase } from './smtp-connection.ts';
import type { Loss } from './wire.ts';

/** The spool could not give the message's bytes. */
export const unreadable = smtpReply(
  451,
  '4.3.0',
  'The stored message could not be read; it will be tried again.',
);

/** RFC 3463 §3.5: X.4.2, bad connection. */
export function lostReply(
  { detail }: Loss,
  { phase, peer }: { readonly phase: SmtpPhase; readonly peer: string },
): SmtpReply {
  const fate =
    phase === 'end-of-data' ? 'the message was sent but not confirmed' : 'the message was not sent';
  return smtpReply(451, '4.4.2', `The connection to ${peer} was lost (${detail}); ${fate}.`);
}
