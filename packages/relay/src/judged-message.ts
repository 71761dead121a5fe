// A stranger's message on its way to the spool when its content is judged: it waits, whole, for the verdict; what is stored has our findings
// and our trace on top. The moment of responsibility is the same as everywhere (commit-message.ts).
import { createHash } from 'node:crypto';
import type { SmtpReply, Verdict } from '@restante/mail-model';
import type { MessageAnswer, MessageSink } from '@restante/smtp';
import { SpoolError } from '@restante/spool';
import { acceptMessage } from './commit-message.ts';
import { HeaderBlock } from './header-block.ts';
import { HeldMessage, type HeldMessageOptions } from './held-message.ts';
import type { IncomingFacts, IncomingParts } from './incoming-message.ts';
import { replies } from './replies.ts';

/** What judges the content; policy is one. */
export interface ContentJudge {
  judge(message: {
    readonly id: string;
    readonly header: Buffer;
    body(): Iterable<Buffer> | AsyncIterable<Buffer>;
    readonly bodyBytes: number;
    trace(clientName: string | undefined): string;
  }): Promise<ContentAnswer>;
}

export type ContentAnswer =
  | { readonly kind: 'refused'; readonly reply: SmtpReply }
  | {
      readonly kind: 'taken';
      readonly verdict: Verdict;
      /** Instead of the header that came; what was found and our trace on top. */
      readonly header: Buffer;
      readonly clientName?: string;
    };

export interface JudgedParts extends IncomingParts {
  readonly held: HeldMessageOptions;
}

export interface JudgedFacts extends Omit<IncomingFacts, 'trace' | 'verdict' | 'hop'> {
  readonly trace: (clientName: string | undefined) => string;
}

const emptyLine = Buffer.from('\r\n');

export class JudgedMessage implements MessageSink {
  readonly #parts: JudgedParts;
  readonly #facts: JudgedFacts;
  readonly #judge: ContentJudge;
  readonly #held: HeldMessage;
  readonly #startedMs: number;
  /** Of the bytes as they came: the same again is the same message (RFC 1047). */
  readonly #fingerprint = createHash('sha256');
  /** Why there is no room for it; the rest of it is read and forgotten. */
  #noRoom: Error | undefined;

  constructor(parts: JudgedParts, facts: JudgedFacts, judge: ContentJudge) {
    this.#parts = parts;
    this.#facts = facts;
    this.#judge = judge;
    this.#held = new HeldMessage(parts.held);
    this.#startedMs = parts.clock.monotonicMs();
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.#noRoom !== undefined) return;
    this.#fingerprint.update(chunk);
    const body = this.#held.take(chunk);
    try {
      // What waits is written once more when it is taken, and what is on this disk already must stay safe (design §4.1).
      if (this.#parts.spool.isFull(this.#held.bodyBytes + body.length))
        throw new SpoolError('SPOOL_FULL');
      await this.#held.keep(body);
    } catch (cause) {
      if (!isOutOfRoom(cause)) throw cause;
      this.#noRoom = cause;
      await this.#held.forget();
    }
  }

  async commit(): Promise<MessageAnswer> {
    try {
      if (this.#noRoom !== undefined) throw this.#noRoom;
      const header = headerBlock(this.#held.header);
      const refusal = this.#parts.judgeHeader(header);
      if (refusal !== undefined) return { reply: refusal };
      const answer = await this.#judge.judge({
        id: this.#facts.messageId,
        header: this.#held.header,
        body: () => this.#held.body(),
        bodyBytes: this.#held.bodyBytes,
        trace: this.#facts.trace,
      });
      if (answer.kind === 'refused') return { reply: this.#refused(answer.reply) };
      return await this.#store(answer, header);
    } catch (cause) {
      this.#parts.onEvent({ name: 'message.not-accepted', reason: 'not judged', cause });
      return { reply: isOutOfRoom(cause) ? replies.diskFull : replies.notDurable };
    } finally {
      await this.#held.forget();
    }
  }

  async abort(_why: string): Promise<void> {
    await this.#held.forget();
  }

  async #store(
    { header, verdict, clientName }: Extract<ContentAnswer, { kind: 'taken' }>,
    asItCame: HeaderBlock,
  ): Promise<MessageAnswer> {
    const { messageId, envelope, origin, path, from } = this.#facts;
    const sizeBytes = header.length + emptyLine.length + this.#held.bodyBytes;
    const writer = this.#parts.spool.begin({ sizeBytes });
    try {
      await writer.write(Buffer.concat([header, emptyLine]));
      for await (const piece of this.#held.body()) await writer.write(piece);
      return await acceptMessage(this.#parts, {
        writer,
        facts: {
          messageId,
          envelope,
          origin: clientName === undefined ? origin : { ...origin, clientName },
          verdict,
          path,
          fingerprint: this.#fingerprint.digest('base64url'),
          ...(asItCame.count('Message-ID') > 0 ? {} : { isIdentifiable: false }),
        },
        from,
        startedMs: this.#startedMs,
      });
    } finally {
      await writer.abort();
    }
  }

  #refused(reply: SmtpReply): SmtpReply {
    const { clientAddress } = this.#facts.origin;
    this.#parts.onEvent({
      name: 'message.refused',
      code: reply.code,
      reason: 'policy',
      clientAddress,
    });
    return reply;
  }
}

/** Of the spool, or of the disk where it waits. */
function isOutOfRoom(cause: unknown): cause is Error {
  if (cause instanceof SpoolError) return cause.code === 'SPOOL_FULL';
  return (
    cause instanceof Error && 'code' in cause && ['ENOSPC', 'EDQUOT'].includes(String(cause.code))
  );
}

function headerBlock(bytes: Buffer): HeaderBlock {
  const block = new HeaderBlock();
  block.read(Buffer.concat([bytes, emptyLine]));
  return block;
}
