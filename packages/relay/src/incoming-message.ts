// Takes the bytes of one message from the edge to the spool. The moment of responsibility is commit(): disk first,
// timetable second, 250 last (law 2). Nothing here knows whether the message is for a mailbox or for another site.
import { createHash, hash, type Hash } from 'node:crypto';
import type {
  Envelope,
  EventSink,
  HopNote,
  Origin,
  Route,
  SmtpReply,
  Verdict,
} from '@restante/mail-model';
import type { MessageAnswer, MessageSink } from '@restante/smtp';
import { SpoolError, type MessageFacts, type Spool, type SpoolWriter } from '@restante/spool';
import type { Clock } from '@restante/runtime';
import { HeaderBlock } from './header-block.ts';
import { replies } from './replies.ts';

export interface IncomingParts {
  readonly spool: Spool;
  /** Puts a stored message on the timetable; never throws, never waits. */
  readonly schedule: (id: string, routes: readonly Route[]) => void;
  /** Judges the whole message by its header; a reply refuses it. */
  readonly judgeHeader: (header: HeaderBlock) => SmtpReply | undefined;
  readonly onEvent: EventSink;
  readonly clock: Clock;
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
    try {
      return await this.#store(hop?.fingerprint ?? digest);
    } catch (cause) {
      this.#parts.onEvent({ name: 'message.not-accepted', reason: 'not stored', cause });
      const isFull = cause instanceof SpoolError && cause.code === 'SPOOL_FULL';
      return { reply: isFull ? replies.diskFull : replies.notDurable };
    }
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
    const commit = await this.#writer.commit(facts);
    if (commit.kind === 'duplicate') {
      this.#parts.onEvent({ name: 'message.duplicate', messageId, why: commit.why });
      return { reply: replies.acceptedBefore(commit.of) };
    }
    const { message } = commit;
    this.#parts.schedule(message.id, this.#parts.spool.entry(message.id)?.routes ?? []);
    this.#parts.onEvent({
      name: 'message.accepted',
      id: message.id,
      messageId,
      from,
      sender: envelope.sender,
      recipients: message.pending,
      sizeBytes: message.sizeBytes,
      clientAddress: origin.clientAddress,
      durationMs: this.#parts.clock.monotonicMs() - this.#startedMs,
    });
    const { spool } = this.#parts;
    return {
      reply: replies.accepted(message.id),
      onReplySeen: () => spool.confirmReply(message.id),
      onReplyLost: () => spool.abandonReply(message.id),
    };
  }

  #sha256(): string {
    if (this.#digest !== undefined) return this.#digest.digest('base64url');
    return hash('sha256', this.#first ?? Buffer.alloc(0), 'base64url');
  }
}
