// Reads back what a message says about itself (about-text.ts, format-about.ts). Pure, and fast: ten thousand a tenth of a second.
import type { Envelope, MailAddress, MessagePart, ReadMessage } from '@restante/mime';
import { absent, same, separator, type About } from './about-text.ts';

/** Undefined for what formatAbout() did not write. */
export function parseAbout(text: string): About | undefined {
  const reader = new TokenReader(text.split(separator));
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
