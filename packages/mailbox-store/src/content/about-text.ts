// Envelope, structure and preview of one message as one string: tokens in a fixed order, NUL between them. Reading it back is the
// hot path of FETCH over a whole folder: one split, no parser. Pure.
//
// Nothing read from a message has a NUL (mime's promise for raw texts; decoded ones are cleaned here). A token of its own says "absent".
import type { Envelope, MailAddress, MessagePart, ReadMessage } from '@restante/mime';

const absent = '\u0001';
/** A list that is the one of From; a name that needs no decoding. */
const same = '\u0002';

export interface About {
  readonly about: ReadMessage;
  readonly preview: string;
}

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
    else this.#tokens.push(value.includes('\0') ? value.replaceAll('\0', ' ') : value);
  }

  mark(value: string): void {
    this.#tokens.push(value);
  }

  count(value: number): void {
    this.#tokens.push(String(value));
  }

  joined(): string {
    // Half of a surrogate pair would not come back from UTF-8 as it was: better made whole before anybody compares.
    return this.#tokens.join('\0').toWellFormed();
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

/** Undefined for what formatAbout() did not write. */
export function parseAbout(text: string): About | undefined {
  const reader = new TokenReader(text.split('\0'));
  const sentAt = reader.optional();
  const sentZoneMinutes = reader.count();
  const isWithAttachment = reader.count() === 1;
  const preview = reader.text();
  const envelope = reader.envelope();
  const structure = reader.part();
  if (!reader.isAtEnd) return undefined;
  const about: ReadMessage =
    sentAt === undefined
      ? { envelope, structure, hasAttachment: isWithAttachment }
      : {
          envelope,
          structure,
          sentAtMs: Number(sentAt),
          sentZoneMinutes,
          hasAttachment: isWithAttachment,
        };
  return { about, preview };
}

const noTexts: readonly string[] = [];
const noAddresses: readonly MailAddress[] = [];
const noParts: readonly MessagePart[] = [];
const noParameters: ReadonlyMap<string, string> = new Map();

class TokenReader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  text(): string {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token ?? '';
  }

  optional(): string | undefined {
    const token = this.text();
    return token === absent ? undefined : token;
  }

  count(): number {
    const count = Number(this.text());
    // A text that is not ours must not make us loop for ever.
    return count <= Number.MAX_SAFE_INTEGER ? count : 0;
  }

  envelope(): Envelope {
    const date = this.optional();
    const subject = this.optional();
    const inReplyTo = this.optional();
    const messageId = this.optional();
    const from = this.#addresses(noAddresses);
    return {
      ...(date !== undefined && { date }),
      ...(subject !== undefined && { subject }),
      ...(inReplyTo !== undefined && { inReplyTo }),
      ...(messageId !== undefined && { messageId }),
      from,
      sender: this.#addresses(from),
      replyTo: this.#addresses(from),
      to: this.#addresses(noAddresses),
      cc: this.#addresses(noAddresses),
      bcc: this.#addresses(noAddresses),
      references: this.#texts(),
    };
  }

  part(): MessagePart {
    const type = this.text();
    const subtype = this.text();
    const parameters = this.#parameters();
    const encoding = this.text();
    const id = this.optional();
    const description = this.optional();
    const md5 = this.optional();
    const location = this.optional();
    const disposition = this.optional();
    const withParameters =
      disposition === undefined ? undefined : { type: disposition, parameters: this.#parameters() };
    const language = this.#texts();
    const headerStart = this.count();
    const bodyStart = this.count();
    const bodyEnd = this.count();
    const lines = this.count();
    const partCount = this.count();
    const envelope = this.count() === 1 ? this.envelope() : undefined;
    return {
      type,
      subtype,
      parameters,
      encoding,
      language,
      headerStart,
      bodyStart,
      bodyEnd,
      lines,
      parts: partCount === 0 ? noParts : this.#parts(partCount),
      ...(id !== undefined && { id }),
      ...(description !== undefined && { description }),
      ...(md5 !== undefined && { md5 }),
      ...(location !== undefined && { location }),
      ...(withParameters !== undefined && { disposition: withParameters }),
      ...(envelope !== undefined && { envelope }),
    };
  }

  #parts(count: number): readonly MessagePart[] {
    const parts: MessagePart[] = [];
    while (parts.length < count && this.#at < this.#tokens.length) parts.push(this.part());
    return parts;
  }

  #addresses(likeFrom: readonly MailAddress[]): readonly MailAddress[] {
    const first = this.text();
    if (first === same) return likeFrom;
    if (first === '0') return noAddresses;
    const count = Number(first);
    const addresses: MailAddress[] = [];
    while (addresses.length < count && this.#at < this.#tokens.length)
      addresses.push(this.#address());
    return addresses;
  }

  #address(): MailAddress {
    const rawName = this.optional();
    const decoded = this.text();
    const name = decoded === same ? rawName : decoded;
    const mailbox = this.optional();
    const domain = this.optional();
    if (mailbox === undefined) return {};
    if (domain === undefined) return { mailbox };
    if (rawName === undefined || name === undefined) return { mailbox, domain };
    return { name, rawName, mailbox, domain };
  }

  #texts(): readonly string[] {
    const count = this.count();
    if (count === 0) return noTexts;
    const texts = this.#tokens.slice(this.#at, this.#at + count);
    this.#at += count;
    return texts;
  }

  #parameters(): ReadonlyMap<string, string> {
    const count = this.count();
    if (count === 0) return noParameters;
    const parameters = new Map<string, string>();
    for (let left = count; left > 0 && this.#at < this.#tokens.length; left -= 1)
      parameters.set(this.text(), this.text());
    return parameters;
  }
}
