// ENVELOPE on the wire (RFC 3501 §7.4.2), one character a byte.
import type { Envelope, MailAddress } from '@restante/mime';
import { utf8Bytes } from '../wire/mailbox-name.ts';
import { formatString, type StringRules } from '../wire/wire-string.ts';

export function formatEnvelope(envelope: Envelope, rules: StringRules): string {
  const { date, subject, from, sender, replyTo, to, cc, bcc, inReplyTo, messageId } = envelope;
  const authors = addresses(from, rules);
  // RFC 3501 §7.4.2: without Sender or Reply-To, those who wrote it are shown there; the reader of messages sees to that.
  const senders = sender === from ? authors : addresses(sender, rules);
  const answered = replyTo === from ? authors : addresses(replyTo, rules);
  const people = `${authors} ${senders} ${answered} ${addresses(to, rules)} ${addresses(cc, rules)} ${addresses(bcc, rules)}`;
  return `(${unicode(date, rules)} ${unicode(subject, rules)} ${people} ${unicode(inReplyTo, rules)} ${unicode(messageId, rules)})`;
}

/** Most strings are this: ASCII, nothing to escape, short. */
const plainText = /^[ !#-[\]-~]{0,500}$/;

/** An nstring of Unicode text. */
export function unicode(text: string | undefined, rules: StringRules): string {
  if (text === undefined) return 'NIL';
  return plainText.test(text) ? `"${text}"` : formatString(utf8Bytes(text), rules);
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
