// One message on the wire: MAIL, RCPT for each recipient, the body, and what the server says to each (RFC 5321 §3.3).
//
//   replies:  [RSET] [XFORWARD..] MAIL RCPT.. [DATA 354] end-of-data (LMTP: one for each accepted recipient, RFC 2033 §4.2)
//
// Pipelined, the envelope and DATA leave in one write (RFC 2920 §3.1) and the body follows the 354. With CHUNKING a small
// body goes right behind its envelope (RFC 3030 §2): one round trip. A long body, or one on a connection that has been
// idle, waits until somebody is accepted: so it is not sent in vain, and a connection that died of old age is found out
// before the message's fate can become unknown.
import { isPositive } from '@restante/mail-model';
import type { SmtpReply } from '@restante/mail-model';
import { endOfData, stuffDots } from './dot-stuffing.ts';
import { lostReply, unreadable } from './own-replies.ts';
import { RecipientResults } from './recipient-results.ts';
import type { SmtpPhase } from './smtp-connection.ts';
import { streamBody } from './stream-body.ts';
import type { StreamToSend } from './stream-body.ts';
import type { TransactionInput } from './transaction-input.ts';
import type { Exchange, Loss } from './wire.ts';

type BodyState = 'waiting' | 'under-way' | 'complete';

export class TransactionExchange implements Exchange {
  readonly #input: TransactionInput;
  readonly #results: RecipientResults;
  #lines: string[] = [];
  #mailAt = 0;
  #rcptAt = 1;
  #dataAt = 1;
  #linesWritten = 0;
  #answered = 0;
  #isMailAccepted = false;
  #accepted: number[] = [];
  #finals = 0;
  #body: BodyState = 'waiting';
  #startedMs = 0;
  #isDone = false;

  constructor(input: TransactionInput) {
    this.#input = input;
    this.#results = new RecipientResults(input.recipients);
  }

  get isWritten(): boolean {
    return this.#body === 'complete';
  }

  get timeoutMs(): number {
    const { timeouts } = this.#input;
    if (this.#body === 'complete' && this.#answered >= this.#dataAt) return timeouts.endOfDataMs;
    if (this.#body === 'under-way') return timeouts.bodyMs;
    const phase = this.#envelopePhase;
    if (phase === 'mail') return timeouts.mailMs;
    return phase === 'rcpt' ? timeouts.rcptMs : timeouts.dataMs;
  }

  get #envelopePhase(): 'mail' | 'rcpt' | 'data' {
    if (this.#answered < this.#rcptAt) return 'mail';
    return this.#answered < this.#rcptAt + this.#input.recipients.length ? 'rcpt' : 'data';
  }

  begin(): void {
    const { plan, state, wire, isPipelined, isEager } = this.#input;
    this.#startedMs = performance.now();
    const reset = state.needsReset ? ['RSET\r\n'] : [];
    this.#lines = [...reset, ...plan.xforward, plan.mail, ...plan.rcpts];
    this.#mailAt = reset.length + plan.xforward.length;
    this.#rcptAt = this.#mailAt + 1;
    if (!plan.usesBdat) this.#lines.push('DATA\r\n');
    this.#dataAt = this.#lines.length;
    // From here on the server has a transaction open, until something is known to have closed it.
    state.needsReset = true;
    state.latest = this;
    if (!isPipelined) return this.#writeNextLine();
    wire.write(this.#lines.join(''));
    this.#linesWritten = this.#lines.length;
    if (plan.usesBdat && isEager) this.#sendBody();
  }

  onReply(reply: SmtpReply): boolean {
    const at = this.#answered;
    this.#answered += 1;
    if (at < this.#mailAt) return this.#onPreamble(at, reply);
    if (at === this.#mailAt) return this.#onMail(reply);
    if (at < this.#rcptAt + this.#input.recipients.length)
      return this.#onRcpt(at - this.#rcptAt, reply);
    if (at < this.#dataAt) return this.#onData(reply);
    return this.#onEndOfData(reply);
  }

  /** XFORWARD is a courtesy: a refusal changes nothing. RSET that fails leaves us without common ground. */
  #onPreamble(at: number, reply: SmtpReply): boolean {
    if (this.#lines[at] === 'RSET\r\n' && reply.code >= 300) {
      this.#giveUp(`RSET was answered with ${reply.code}`);
    } else {
      this.#writeNextLine();
    }
    return false;
  }

  #onMail(reply: SmtpReply): boolean {
    this.#isMailAccepted = reply.code < 300;
    if (!this.#isMailAccepted) {
      this.#results.settleRest({ reply, phase: 'mail', by: 'answered' });
      if (!this.#input.isPipelined) return this.#finish();
    }
    this.#writeNextLine();
    return false;
  }

  #onRcpt(index: number, reply: SmtpReply): boolean {
    // After a refused MAIL the server only repeats itself (503).
    if (reply.code < 300 && this.#isMailAccepted) this.#accepted.push(index);
    else this.#results.settle(index, { reply, phase: 'rcpt', by: 'answered' });

    if (index === this.#input.recipients.length - 1) return this.#afterLastRcpt();
    this.#writeNextLine();
    return false;
  }

  #afterLastRcpt(): boolean {
    const { plan, isPipelined } = this.#input;
    const isNobodyAccepted = this.#accepted.length === 0;
    if (!plan.usesBdat) {
      if (isNobodyAccepted && !isPipelined) return this.#finish();
      this.#writeNextLine();
      return false;
    }
    // Eager: the body is out already and its reply, good or bad, is still to come.
    if (this.#body !== 'waiting') return false;
    if (isNobodyAccepted) return this.#finish();
    this.#sendBody();
    return false;
  }

  #onData(reply: SmtpReply): boolean {
    if (reply.code === 354) {
      if (this.#accepted.length > 0) {
        this.#sendBody();
      } else {
        // RFC 2920 §3.1: DATA was accepted although no recipient was; the way out is an empty message.
        this.#input.wire.write('.\r\n');
        this.#bodyIsOut();
      }
      return false;
    }
    if (isPositive(reply)) {
      this.#giveUp(`DATA was answered with ${reply.code}`);
      return false;
    }
    this.#results.settleRest({ reply, phase: 'data', by: 'answered' });
    return this.#finish();
  }

  #onEndOfData(reply: SmtpReply): boolean {
    if (this.#body === 'under-way') {
      // The server did not wait for the end. Its no counts for everybody; in step we are no more.
      if (!isPositive(reply)) this.#results.settleRest({ reply, phase: 'body', by: 'answered' });
      this.#giveUp(`the body was answered with ${reply.code} before its end`);
      return false;
    }
    const accepted = this.#accepted;
    if (this.#input.isLmtp && accepted.length > 0) {
      const index = accepted[this.#finals] ?? 0;
      this.#results.settle(index, { reply, phase: 'end-of-data', by: 'answered' });
      this.#finals += 1;
      if (this.#finals < accepted.length) return false;
    } else {
      this.#results.settleRest({ reply, phase: 'end-of-data', by: 'answered' });
    }
    // RFC 3030 §2: after a refused BDAT only RSET leads back to a known state. When the next transaction is on its way
    // already, it brought its own RSET.
    const { state, plan } = this.#input;
    if (plan.usesBdat && isPositive(reply) && state.latest === this) state.needsReset = false;
    return this.#finish();
  }

  onLost(loss: Loss): void {
    if (this.#isDone) return;
    const phase = this.#phaseOfLoss();
    const reply = loss.reply ?? lostReply(loss, { phase, peer: this.#input.peer });
    this.#results.settleRest({ reply, phase, by: loss.reply === undefined ? 'lost' : 'answered' });
    this.#finish();
  }

  #phaseOfLoss(): SmtpPhase {
    if (this.#startedMs === 0) return 'mail';
    // With a body right behind its envelope the message may have been taken whatever the last reply was.
    if (this.#body === 'complete') return this.#input.wire.isFlushed ? 'end-of-data' : 'body';
    return this.#body === 'under-way' ? 'body' : this.#envelopePhase;
  }

  #writeNextLine(): void {
    const line = this.#lines[this.#linesWritten];
    if (line === undefined) return;
    this.#linesWritten += 1;
    this.#input.wire.write(line);
  }

  #sendBody(): void {
    const { wire, body, plan } = this.#input;
    if (plan.usesBdat) wire.write(`BDAT ${body.sizeBytes} LAST\r\n`); // RFC 3030 §2
    if (body.kind === 'stream') {
      this.#body = 'under-way';
      void this.#stream(body);
      return;
    }
    const isStuffed = body.traits.hasLeadingDot && !plan.usesBdat;
    wire.write(isStuffed ? stuffDots(body.bytes, { atLineStart: true }) : body.bytes);
    if (!plan.usesBdat) wire.write(endOfData(body.traits));
    this.#bodyIsOut();
  }

  #bodyIsOut(): void {
    this.#body = 'complete';
    // RFC 5321 §4.1.1.4: end-of-data clears the server's buffers, whatever it is answered with. Of BDAT nobody says so.
    if (!this.#input.plan.usesBdat) this.#input.state.needsReset = false;
  }

  /** Never rejects: a body that cannot be read is our fault, and the half of it must not count as a message. */
  async #stream(body: StreamToSend): Promise<void> {
    const { wire, plan } = this.#input;
    try {
      await streamBody(wire, body, { isVerbatim: plan.usesBdat });
    } catch (cause) {
      if (this.#isDone) return;
      this.#results.settleRest({ reply: unreadable, phase: 'body', by: 'ours' });
      wire.fail({ code: 'SMTP_STOPPED', detail: 'the message could not be read', cause });
      return;
    }
    if (this.#isDone) return;
    if (!plan.usesBdat) wire.write(endOfData(body.traits));
    this.#bodyIsOut();
    wire.turn();
  }

  #giveUp(detail: string): void {
    this.#input.wire.fail({ code: 'SMTP_GARBAGE', detail });
  }

  /** Always true: the exchange is over. */
  #finish(): true {
    if (this.#isDone) return true;
    this.#isDone = true;
    this.#input.resolve({
      recipients: this.#results.all,
      durationMs: this.#startedMs === 0 ? 0 : performance.now() - this.#startedMs,
    });
    return true;
  }
}
