// ENVELOPE on the wire (RFC 3501 §7.4.2), one character a byte.
import type { Envelope, MailAddress } from '@restante/mime';
import { utf8Bytes } from '../wire/mailbox-name.ts';
import { formatString, type StringRules } from '../wire/wire-string.ts';

export function formatEnvelope(envelope: Envelope, rules: StringRules): string {
  const { date, subject, from, to, cc, bcc, inReplyTo, messageId } = envelope;
  // RFC 3501 §7.4.2: without Sender or Reply-To, those who wrote it are shown there.
  const sender = envelope.sender.length > 0 ? envelope.sender : from;
  const replyTo = envelope.replyTo.length > 0 ? envelope.replyTo : from;
  return `(${unicode(date, rules)} ${unicode(subject, rules)} ${addresses(from, rules)} ${addresses(
    sender,
    rules,
  )} ${addresses(replyTo, rules)} ${addresses(to, rules)} ${addresses(cc, rules)} ${addresses(
    bcc,
    rules,
  )} ${unicode(inReplyTo, rules)} ${unicode(messageId, rules)})`;
}

/** An nstring of Unicode text. */
export function unicode(text: string | undefined, rules: StringRules): string {
  return text === undefined ? 'NIL' : formatString(utf8Bytes(text), rules);
}

/** A route ("<@a,@b:c@d>") is history (RFC 5322 §4.4); its place is always NIL. */
function addresses(list: readonly MailAddress[], rules: StringRules): string {
  if (list.length === 0) return 'NIL';
  let text = '(';
  for (const { rawName, mailbox, domain } of list) {
    text += `(${unicode(rawName, rules)} NIL ${unicode(mailbox, rules)} ${unicode(domain, rules)})`;
  }
  return `${text})`;
}
