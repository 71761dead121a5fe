// Writes what a message says about itself as one string (about-text.ts). Pure.
import type { Envelope, MailAddress, MessagePart } from '@restante/mime';
import { absent, same, separator, type About } from './about-text.ts';

export function formatAbout({ about, preview }: About): string {
  const tokens = new Tokens();
  tokens.text(about.sentAtMs === undefined ? undefined : String(about.sentAtMs));
  tokens.count(about.sentZoneMinutes ?? 0);
  tokens.count(about.hasAttachment ? 1 : 0);
  tokens.text(preview);
  putEnvelope(tokens, about.envelope);
  putPart(tokens, about.structure);
  return tokens.joined();
}

class Tokens {
  readonly #tokens: string[] = [];

  text(value: string | undefined): void {
    if (value === undefined) this.#tokens.push(absent);
    else if (value === absent || value === same) this.#tokens.push('');
    else this.#tokens.push(value.includes(separator) ? value.replaceAll(separator, ' ') : value);
  }

  mark(value: string): void {
    this.#tokens.push(value);
  }

  count(value: number): void {
    this.#tokens.push(String(value));
  }

  joined(): string {
    // Half of a surrogate pair would not come back from UTF-8 as it was: better made whole before anybody compares.
    return this.#tokens.join(separator).toWellFormed();
  }
}

function putEnvelope(tokens: Tokens, envelope: Envelope): void {
  tokens.text(envelope.date);
  tokens.text(envelope.subject);
  tokens.text(envelope.inReplyTo);
  tokens.text(envelope.messageId);
  putAddresses(tokens, envelope.from);
  for (const list of [envelope.sender, envelope.replyTo]) {
    if (list === envelope.from) tokens.mark(same);
    else putAddresses(tokens, list);
  }
  putAddresses(tokens, envelope.to);
  putAddresses(tokens, envelope.cc);
  putAddresses(tokens, envelope.bcc);
  putTexts(tokens, envelope.references);
}

function putAddresses(tokens: Tokens, addresses: readonly MailAddress[]): void {
  tokens.count(addresses.length);
  for (const { rawName, name, mailbox, domain } of addresses) {
    tokens.text(rawName);
    if (name === rawName) tokens.mark(same);
    else tokens.text(name);
    tokens.text(mailbox);
    tokens.text(domain);
  }
}

function putTexts(tokens: Tokens, texts: readonly string[]): void {
  tokens.count(texts.length);
  for (const text of texts) tokens.text(text);
}

/** At most as deep as mime reads. */
function putPart(tokens: Tokens, part: MessagePart): void {
  tokens.text(part.type);
  tokens.text(part.subtype);
  putParameters(tokens, part.parameters);
  tokens.text(part.encoding);
  tokens.text(part.id);
  tokens.text(part.description);
  tokens.text(part.md5);
  tokens.text(part.location);
  tokens.text(part.disposition?.type);
  if (part.disposition) putParameters(tokens, part.disposition.parameters);
  putTexts(tokens, part.language);
  tokens.count(part.headerStart);
  tokens.count(part.bodyStart);
  tokens.count(part.bodyEnd);
  tokens.count(part.lines);
  tokens.count(part.parts.length);
  tokens.count(part.envelope === undefined ? 0 : 1);
  if (part.envelope !== undefined) putEnvelope(tokens, part.envelope);
  for (const child of part.parts) putPart(tokens, child);
}

function putParameters(tokens: Tokens, parameters: ReadonlyMap<string, string>): void {
  tokens.count(parameters.size);
  for (const [name, value] of parameters) {
    tokens.text(name);
    tokens.text(value);
  }
}
