// Our reading of a message in the form IMAP gives it (RFC 3501 §7.4.2), to be compared with another server's.
import {
  isMultipart,
  isText,
  type Envelope,
  type MailAddress,
  type MessagePart,
} from '@restante/mime';
import type { ImapValue } from './imap-list.ts';

export function envelopeForm(envelope: Envelope): ImapValue {
  return [
    envelope.date,
    envelope.subject,
    ...[envelope.from, envelope.sender, envelope.replyTo].map(addressesForm),
    ...[envelope.to, envelope.cc, envelope.bcc].map(addressesForm),
    envelope.inReplyTo,
    envelope.messageId,
  ];
}

function addressesForm(addresses: readonly MailAddress[]): ImapValue {
  if (addresses.length === 0) return undefined;
  return addresses.map(({ rawName, mailbox, domain }) => [rawName, undefined, mailbox, domain]);
}

export function structureForm(part: MessagePart): ImapValue {
  if (isMultipart(part)) {
    const { subtype, parameters } = part;
    return [...part.parts.map(structureForm), subtype, parametersForm(parameters), ...rest(part)];
  }
  const basic = [
    part.type,
    part.subtype,
    parametersForm(part.parameters),
    part.id,
    part.description,
    part.encoding,
    String(part.bodyEnd - part.bodyStart),
  ];
  const inside = part.envelope === undefined ? undefined : part.parts[0];
  if (part.envelope !== undefined && inside !== undefined) {
    basic.push(String(part.lines));
    basic.splice(-1, 0, ...([envelopeForm(part.envelope), structureForm(inside)] as string[]));
  } else if (isText(part)) basic.push(String(part.lines));
  return [...basic, part.md5, ...rest(part)];
}

function rest({ disposition, language, location }: MessagePart): readonly ImapValue[] {
  return [
    disposition && [disposition.type, parametersForm(disposition.parameters)],
    language.length === 0 ? undefined : language,
    location,
  ];
}

function parametersForm(parameters: ReadonlyMap<string, string>): ImapValue {
  return parameters.size === 0 ? undefined : [...parameters].flat();
}
