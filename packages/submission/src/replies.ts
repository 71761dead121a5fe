// Every reply a person who sends mail through us may get from here, as his mail program shows it: what is wrong, what to do.
import { smtpReply, type SmtpReply } from '@restante/mail-model';

const no = (code: number, enhanced: string, text: string): SmtpReply =>
  smtpReply(code, enhanced, text);

export const replies = {
  senderNotYours: (account: string, sender: string): SmtpReply =>
    no(
      553,
      '5.7.1',
      `You are logged in as ${account}, which may not send as ${sender}; choose your own address, or ask the postmaster for this one`,
    ),
  authorNotYours: (account: string, author: string): SmtpReply =>
    no(
      550,
      '5.7.1',
      `The From or Sender of this message is ${author}, which is not an address of ${account}; choose your own address in your mail program`,
    ),
  noAuthor: no(
    550,
    '5.6.0',
    'The From field of this message has no mail address that can be read; please correct it',
  ),
  notAField: (line: number): SmtpReply =>
    no(
      550,
      '5.6.0',
      `Line ${line} of the header is not a header field; an empty line has to end the header (RFC 5322)`,
    ),
  twice: (name: string): SmtpReply =>
    no(550, '5.6.0', `The message has more than one ${name} field; there may be one (RFC 5322)`),
  nullSenderToMany: no(
    550,
    '5.7.1',
    'A message without an envelope sender is a receipt or a report and goes to one recipient',
  ),
  sentEnough: ({ used, limit, span }: SentEnough): SmtpReply =>
    no(
      452,
      '4.7.1',
      `This account has sent to ${used} recipients in the last ${span}, and may to ${limit}; please wait and send again. If it was not you, change your password now; if you need more, ask the postmaster`,
    ),
  // RFC 5248 registers X.7.13 for accounts that were disabled, by an abuse or by an evidence of a break-in.
  // The reason is for the operator: who is logged in may be the thief.
  sendingSuspended: (account: string, sinceMs: number): SmtpReply =>
    no(
      550,
      '5.7.13',
      `${account} may not send since ${new Date(sinceMs).toISOString().slice(0, 16)}Z; mail still arrives. Change your password, look for a virus, and ask the postmaster`,
    ),
  notNow: no(
    451,
    '4.3.0',
    'The message could not be prepared; nothing was taken, please try again',
  ),
} as const;

export interface SentEnough {
  readonly used: number;
  readonly limit: number;
  readonly span: 'minute' | 'ten minutes' | 'hour' | 'day';
}
