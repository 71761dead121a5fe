// Every reply the relay chooses at the edge, with its enhanced code (RFC 3463). A person reading one knows what happened,
// whether anything was lost, and what to do.
import { smtpReply, type SmtpReply } from '@restante/mail-model';

export const replies = {
  unknownRecipient: smtpReply(
    550,
    '5.1.1',
    'There is no such recipient here; check the address for a typing mistake',
  ),
  suspendedRecipient: smtpReply(
    550,
    '5.2.1',
    'This mailbox is disabled; its owner has to ask the postmaster',
  ),
  fullMailbox: smtpReply(
    452,
    '4.2.2',
    'The mailbox of this recipient is full; please try again later',
  ),
  noListYet: smtpReply(
    450,
    '4.4.1',
    'The recipients of this domain are not known here yet; please try again in some minutes',
  ),
  relayDenied: smtpReply(
    550,
    '5.7.1',
    'Relaying denied: this server takes mail only for its own domains',
  ),
  // The words of the provider's help page: people search for "551 user not local".
  customerNotLoggedIn: smtpReply(
    551,
    '5.7.1',
    'User not local; please log in to send mail: turn on "my outgoing server requires authentication" in your mail program',
  ),
  messageTooLargeFor: (maxBytes: number): SmtpReply =>
    smtpReply(552, '5.3.4', `The message is larger than this recipient takes (${maxBytes} bytes)`),
  diskFull: smtpReply(
    452,
    '4.3.1',
    'Not enough space here to keep mail safely; nothing was taken, please try again later',
  ),
  notDurable: smtpReply(
    451,
    '4.3.0',
    'The message could not be stored safely; nothing was taken, please try again later',
  ),
  looping: smtpReply(
    554,
    '5.4.6',
    'This message has been here before: it is going in circles and is not taken again',
  ),
  tooManyHops: (count: number): SmtpReply =>
    smtpReply(
      554,
      '5.4.6',
      `This message has passed ${count} servers: it is going in circles and is not taken`,
    ),
  // A peer of another version or with a new certificate: that passes, and must not put mail into quarantine.
  hopNoteBroken: (problem: string): SmtpReply =>
    smtpReply(451, '4.7.0', `XRESTANTE: ${problem}; nothing was taken, please send again`),
  notItsHome: smtpReply(
    451,
    '4.4.6',
    'By the cluster file of this site, the home of this domain is elsewhere; nothing was taken. The files of both sites have to agree',
  ),
  hopBytesChanged: smtpReply(
    451,
    '4.7.0',
    'The bytes that came are not the bytes that were signed; nothing was taken, please send again',
  ),
  accepted: (id: string): SmtpReply => smtpReply(250, '2.0.0', `Taken and on disk, as ${id}`),
  acceptedBefore: (id: string | undefined): SmtpReply =>
    smtpReply(
      250,
      '2.0.0',
      `Already here${id === undefined ? '' : ` as ${id}`}; nothing stored twice`,
    ),
  drainStarted: (domain: string, waiting: number): SmtpReply =>
    smtpReply(
      waiting > 0 ? 253 : 251,
      '2.0.0',
      waiting > 0 ? `Draining ${waiting} messages for ${domain}` : `No messages wait for ${domain}`,
    ),
  drainRefused: smtpReply(459, '4.7.1', 'ETRN is only for the home of this domain'),
} as const;
