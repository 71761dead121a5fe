// Takes the bytes of one message from the edge to the spool. The moment of responsibility is commit(): disk first,
// timetable second, 250 last (law 2). Nothing here knows whether the message is for a mailbox or for another site.
import { createHash, hash, type Hash } from 'node:crypto';
import type { Envelope, HopNote, Origin, SmtpReply, Verdict } from '@restante/mail-model';
import type { MessageAnswer, MessageSink } from '@restante/smtp';
import type { MessageFacts, SpoolWriter } from '@restante/spool';
import { acceptMessage, type AcceptParts } from './commit-message.ts';
import { HeaderBlock } from './header-block.ts';
import { replies } from './replies.ts';

export interface IncomingParts extends AcceptParts {
  /** Judges the whole message by its header; a reply refuses it. */
  readonly judgeHeader: (header: HeaderBlock) => SmtpReply | undefined;
}

export interface IncomingFacts {
  readonly messageId: string;
  readonly envelope: Envelope;
  readonly origin: Origin;
  readonly verdict: Verdict;
  readonly path: readonly string[];
  /** Present when a peer brought it. */
  readonly hop?: HopNote;
  /** Our Received header, CRLF ended; stored before the bytes that come. */
  readonly trace: string;
  readonly from: 'stranger' | 'peer' | 'local';
}

export class IncomingMessage implements MessageSink {
  readonly #parts: IncomingParts;
  readonly #facts: IncomingFacts;
  readonly #writer: SpoolWriter;
  readonly #header = new HeaderBlock();
  readonly #startedMs: number;
  #first: Buffer | undefined;
  #digest: Hash | undefined;

  constructor(parts: IncomingParts, facts: IncomingFacts, writer: SpoolWriter) {
    this.#parts = parts;
    this.#facts = facts;
    this.#writer = writer;
    this.#startedMs = parts.clock.monotonicMs();
    void writer.write(Buffer.from(facts.trace, 'utf8'));
  }

  write(chunk: Buffer): Promise<void> | void {
    this.#header.read(chunk);
    if (this.#first === undefined) this.#first = chunk;
    else {
      this.#digest ??= createHash('sha256').update(this.#first);
      this.#digest.update(chunk);
    }
    return this.#writer.write(chunk);
  }

  async commit(): Promise<MessageAnswer> {
    const refusal = this.#parts.judgeHeader(this.#header);
    if (refusal !== undefined) {
      await this.abort('refused by its header');
      return { reply: refusal };
    }
    const digest = this.#sha256();
    const { hop } = this.#facts;
    if (hop !== undefined && hop.sha256 !== digest) {
      await this.abort('the bytes are not those the peer signed');
      return { reply: replies.hopBytesChanged };
    }
    return this.#store(hop?.fingerprint ?? digest);
  }

  async abort(_why: string): Promise<void> {
    await this.#writer.abort();
  }

  async #store(fingerprint: string): Promise<MessageAnswer> {
    const { messageId, envelope, origin, verdict, path, hop, from } = this.#facts;
    const facts: MessageFacts = {
      messageId,
      envelope,
      origin,
      verdict,
      path,
      fingerprint,
      // Without one, the same bytes may well be another message: alarms of devices are all alike (RFC 5322 §3.6.4).
      ...(this.#header.count('Message-ID') > 0 ? {} : { isIdentifiable: false }),
      ...(hop === undefined ? {} : { replyUnconfirmed: hop.replyUnconfirmed }),
    };
    return acceptMessage(this.#parts, {
      writer: this.#writer,
      facts,
      from,
      startedMs: this.#startedMs,
    });
  }

  #sha256(): string {
    if (this.#digest !== undefined) return this.#digest.digest('base64url');
    return hash('sha256', this.#first ?? Buffer.alloc(0), 'base64url');
  }
}
