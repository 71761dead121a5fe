// One message on its way from the wire to the host's sink, by DATA or by BDAT.
//
// Promises
// - The sink ends with exactly one of commit() and abort().
// - As soon as the message is refused the sink is aborted, and the rest is read without being kept.
// - Nothing here throws: what the sink throws becomes a 451 (law 7).
import type { EventSink, SmtpReply } from '@restante/mail-model';
import type { EdgeLimits } from './edge.ts';
import type { MessageAnswer, MessageSink } from './edge-host.ts';
import { LineGuard, type LineFault } from './line-guard.ts';
import { replies } from './replies.ts';
import { toSmtpReply } from './to-smtp-reply.ts';

export interface IntakeParts {
  readonly sink: MessageSink;
  readonly limits: EdgeLimits;
  readonly onEvent: EventSink;
  readonly clientAddress: string;
  readonly sinceMs: number;
}

export class MessageIntake {
  readonly guard: LineGuard;
  /** When the 354 or the first chunk was; monotonic. */
  readonly sinceMs: number;
  readonly #parts: IntakeParts;
  #sizeBytes = 0;
  #refusal: SmtpReply | undefined;
  #aborted: Promise<void> | undefined;
  #isEnded = false;

  constructor(parts: IntakeParts, framing: 'dots' | 'none') {
    const { lineMaxBytes, headerMaxBytes } = parts.limits;
    this.#parts = parts;
    this.sinceMs = parts.sinceMs;
    this.guard = new LineGuard({ framing, lineMaxBytes, headerMaxBytes });
  }

  /** Why the message will not be taken, once that is known. */
  get refusal(): SmtpReply | undefined {
    return this.#refusal;
  }

  /** Hands on what the guard let through. Returns a promise when the sink wants to be waited for. */
  takePiece(): Promise<void> | undefined {
    if (this.guard.fault !== undefined) {
      this.#refuseFault(this.guard.fault);
      return undefined;
    }
    const { piece } = this.guard;
    if (piece.length === 0 || this.#refusal !== undefined || this.#isEnded) return undefined;
    this.#sizeBytes += piece.length;
    if (this.#sizeBytes > this.#parts.limits.messageMaxBytes) {
      this.#refuse(replies.tooLarge(this.#parts.limits.messageMaxBytes), 'too-large');
      return undefined;
    }
    return this.#write(piece);
  }

  /** The last octet has come: the answer for the client. */
  async finish(): Promise<MessageAnswer> {
    if (this.guard.fault !== undefined) this.#refuseFault(this.guard.fault);
    if (this.#refusal === undefined && this.guard.framing === 'none') await this.#endLastLine();
    if (this.#refusal !== undefined) {
      await this.#aborted;
      return { reply: this.#refusal };
    }
    this.#isEnded = true;
    try {
      return await this.#parts.sink.commit();
    } catch (failure) {
      return { reply: toSmtpReply(this.#parts.onEvent, 'end-of-data', failure) };
    }
  }

  /** The client is gone or began anew. */
  abandon(why: string): void {
    if (!this.#isEnded) this.#abort(why);
  }

  /** RFC 3030 lets a message end without CRLF; everything after us counts on one, and DKIM does not mind (RFC 6376 §3.4.3). */
  async #endLastLine(): Promise<void> {
    if (this.guard.isAtLineStart) return;
    this.guard.read(Buffer.from('\r\n'), 0);
    await this.takePiece();
  }

  #write(piece: Buffer): Promise<void> | undefined {
    try {
      const written = this.#parts.sink.write(piece);
      return written instanceof Promise ? written.catch(this.#onWriteFailure) : undefined;
    } catch (failure) {
      this.#onWriteFailure(failure);
      return undefined;
    }
  }

  readonly #onWriteFailure = (failure: unknown): void => {
    if (this.#refusal !== undefined) return;
    this.#refusal = toSmtpReply(this.#parts.onEvent, 'body', failure);
    this.#abort('the sink failed');
  };

  #refuseFault(fault: LineFault): void {
    const { lineMaxBytes, headerMaxBytes } = this.#parts.limits;
    switch (fault) {
      case 'bare-lf':
        return this.#refuse(replies.bareLf, fault);
      case 'bare-cr':
        return this.#refuse(replies.bareCr, fault);
      case 'line-too-long':
        return this.#refuse(replies.lineTooLong(lineMaxBytes), fault);
      case 'header-too-large':
        return this.#refuse(replies.headerTooLarge(headerMaxBytes), fault);
    }
  }

  #refuse(reply: SmtpReply, reason: string): void {
    if (this.#refusal !== undefined) return;
    this.#refusal = reply;
    const { onEvent, clientAddress } = this.#parts;
    onEvent({ name: 'message.refused', code: reply.code, reason, clientAddress });
    this.#abort(reason);
  }

  #abort(why: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // abort() never throws, but a sink that breaks its promise must not take the session with it.
    this.#aborted = this.#parts.sink.abort(why).catch((failure: unknown) => {
      toSmtpReply(this.#parts.onEvent, 'abort', failure);
    });
  }
}
