// One message of one of our people, from its first byte to 250.
//
// The header is looked at when all of it is here, the body is hashed while it passes. Then, in this order: may this account write
// this, what is missing, our trace and signatures, the spool. What is stored is what goes out; nothing is changed behind a signature.
import { createHash } from 'node:crypto';
import { isAscii } from 'node:buffer';
import { type Envelope, needsSmtpUtf8, type SmtpReply } from '@restante/mail-model';
import { BodyHash, type DkimSigner } from '@restante/dkim';
import {
  acceptMessage,
  type AcceptParts,
  HeldMessage,
  type HeldMessageOptions,
} from '@restante/relay';
import type { MessageAnswer, MessageSink } from '@restante/smtp';
import type { MessageFacts } from '@restante/spool';
import { completeHeader } from './complete-header.ts';
import type { HeaderVerdict } from './judge-header.ts';
import { replies } from './replies.ts';

export interface SubmittedParts extends AcceptParts {
  readonly held: HeldMessageOptions;
  readonly signer: DkimSigner;
}

export interface SubmittedFacts {
  readonly facts: Omit<MessageFacts, 'fingerprint' | 'isIdentifiable'>;
  /** Our Received field, CRLF ended. */
  readonly trace: string;
  /** Writes as this when neither message nor envelope names an author. */
  readonly account: string;
  readonly judge: (header: Buffer, envelope: Envelope) => HeaderVerdict;
  /** The message will not be sent: what was counted for it does not count. */
  readonly onRefused: () => Promise<void>;
  /** It is on disk, and was not before. */
  readonly onTaken?: (header: Buffer) => void;
}

const emptyLine = Buffer.from('\r\n');

export class SubmittedMessage implements MessageSink {
  readonly #parts: SubmittedParts;
  readonly #submitted: SubmittedFacts;
  readonly #held: HeldMessage;
  readonly #bodyHash = new BodyHash();
  /** Of the bytes as they came: the same again is the same message (RFC 1047). */
  readonly #fingerprint = createHash('sha256');
  readonly #startedMs: number;
  #isAscii = true;

  constructor(parts: SubmittedParts, submitted: SubmittedFacts) {
    this.#parts = parts;
    this.#submitted = submitted;
    this.#held = new HeldMessage(parts.held);
    this.#startedMs = parts.clock.monotonicMs();
  }

  write(chunk: Buffer): Promise<void> {
    this.#fingerprint.update(chunk);
    const body = this.#held.take(chunk);
    this.#bodyHash.update(body);
    this.#isAscii &&= isAscii(body);
    return this.#held.keep(body);
  }

  async commit(): Promise<MessageAnswer> {
    const { judge, facts } = this.#submitted;
    const verdict = judge(this.#held.header, facts.envelope);
    if (verdict.kind === 'refused') return this.#refuse(verdict.reply);
    try {
      return await this.#store(verdict.author);
    } catch (cause) {
      this.#parts.onEvent({ name: 'message.not-accepted', reason: 'submission', cause });
      return await this.#refuse(replies.notNow);
    } finally {
      await this.#held.forget();
    }
  }

  async abort(_why: string): Promise<void> {
    await this.#held.forget();
    await this.#submitted.onRefused();
  }

  async #store(named: string | undefined): Promise<MessageAnswer> {
    const { facts, account, trace } = this.#submitted;
    const author = named ?? (facts.envelope.sender === '' ? account : facts.envelope.sender);
    const nowMs = this.#parts.clock.now();
    const hadIdentity = this.#held.header.length > 0 && hasMessageId(this.#held.header);
    const header = completeHeader(this.#held.header, { author, id: facts.messageId, nowMs });
    const signature = await this.#parts.signer.sign({
      author,
      header: header.toString('latin1'),
      bodyHash: this.#bodyHash.digest(),
      atMs: nowMs,
    });
    const head = Buffer.concat([Buffer.from(`${trace}${signature}`), header, emptyLine]);
    const writer = this.#parts.spool.begin({ sizeBytes: head.length + this.#held.bodyBytes });
    try {
      await writer.write(head);
      for await (const piece of this.#held.body()) await writer.write(piece);
      const answer = await acceptMessage(this.#parts, {
        writer,
        facts: {
          ...facts,
          envelope: this.#envelopeFor(facts.envelope, header),
          fingerprint: this.#fingerprint.digest('base64url'),
          ...(hadIdentity ? {} : { isIdentifiable: false }),
        },
        from: 'account',
        startedMs: this.#startedMs,
      });
      if (answer.reply.code >= 400) await this.#submitted.onRefused();
      // Only what is new has a reply that may be lost; a repetition was told before.
      else if (answer.onReplySeen !== undefined) this.#submitted.onTaken?.(header);
      return answer;
    } finally {
      await writer.abort();
    }
  }

  /** What programs say of a message and what it is are two things; the next hop relies on it (RFC 6152 §3, RFC 6531 §3.4). */
  #envelopeFor(envelope: Envelope, header: Buffer): Envelope {
    const body = envelope.body === '7bit' && !this.#isAscii ? '8bitmime' : envelope.body;
    const addresses = [envelope.sender, ...envelope.recipients.map(({ address }) => address)];
    const needsUtf8 = !isAscii(header) || addresses.some(needsSmtpUtf8);
    return { ...envelope, body, smtpUtf8: envelope.smtpUtf8 && needsUtf8 };
  }

  async #refuse(reply: SmtpReply): Promise<MessageAnswer> {
    await this.abort('refused');
    const { onEvent } = this.#parts;
    const { clientAddress } = this.#submitted.facts.origin;
    onEvent({ name: 'message.refused', code: reply.code, reason: reasonOf(reply), clientAddress });
    return { reply };
  }
}

function hasMessageId(header: Buffer): boolean {
  return /^message-id[ \t]*:/im.test(header.toString('latin1'));
}

/** Bounded words for the metric's label. */
function reasonOf(reply: SmtpReply): string {
  const reasons: Readonly<Record<string, string>> = {
    '5.7.1': 'not-their-address',
    '5.6.0': 'header',
    '5.4.6': 'loop',
    '5.7.13': 'suspended',
  };
  return reasons[reply.enhanced] ?? 'other';
}
