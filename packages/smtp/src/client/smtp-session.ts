// An open, greeted, encrypted (where wanted) connection: see smtp-connection.ts for its promises.
import assert from 'node:assert/strict';
import { TLSSocket } from 'node:tls';
import type { EnvelopeRecipient, SmtpReply } from '@restante/mail-model';
import { BodyInspector, traitsOf } from './body-traits.ts';
import { runCommands } from './command-exchange.ts';
import { SmtpConnectionError } from './connection-error.ts';
import { unreadable } from './own-replies.ts';
import { planTransaction } from './plan-transaction.ts';
import type {
  Capabilities,
  RecipientResult,
  SmtpConnection,
  SmtpPhase,
  SmtpTarget,
  SmtpTimeouts,
  Transaction,
  TransactionResult,
} from './smtp-connection.ts';
import type { BodyToSend } from './stream-body.ts';
import { eagernessOf, inFlightMaxOf, isWorthTheRisk } from './eagerness.ts';
import { TransactionExchange } from './transaction-exchange.ts';
import type { ServerState } from './transaction-input.ts';
import type { Wire } from './wire.ts';

const quitTimeoutMs = 2_000;
export interface SessionParts {
  readonly wire: Wire;
  readonly target: SmtpTarget;
  readonly greeting: SmtpReply;
  readonly capabilities: Capabilities;
  readonly timeouts: SmtpTimeouts;
  /** How long TCP took to connect. */
  readonly roundTripMs: number;
  /** "mx.example.test[192.0.2.1]:25" */
  readonly peer: string;
}

export class SmtpSession implements SmtpConnection {
  readonly target: SmtpTarget;
  readonly greeting: SmtpReply;
  readonly capabilities: Capabilities;
  readonly closed: Promise<void>;
  declare readonly tls?: string;
  readonly #wire: Wire;
  readonly #timeouts: SmtpTimeouts;
  readonly #peer: string;
  readonly #isPipelining: boolean;
  readonly #isTlsVerified: boolean;
  readonly #isEager: boolean;
  readonly #state: ServerState = { needsReset: false };
  #messagesSent = 0;
  #isClosing = false;

  constructor({ wire, target, greeting, capabilities, timeouts, roundTripMs, peer }: SessionParts) {
    this.target = target;
    this.greeting = greeting;
    this.capabilities = capabilities;
    this.#wire = wire;
    this.closed = new Promise((resolve) => void wire.socket.once('close', () => resolve()));
    this.#timeouts = timeouts;
    this.#peer = peer;
    this.#isPipelining = capabilities.has('PIPELINING');
    this.#isTlsVerified =
      wire.socket instanceof TLSSocket &&
      (target.tls.judgePeer === undefined
        ? wire.socket.authorized
        : target.tls.mode === 'required');
    if (wire.socket instanceof TLSSocket) {
      this.tls = `${wire.socket.getProtocol() ?? 'TLS'} ${wire.socket.getCipher().standardName}`;
    }
    this.#isEager = eagernessOf(target, roundTripMs);
    // RFC 2920 §3.1: MAIL may follow the end of the former message's body without waiting.
    if (this.#isPipelining) wire.inFlightMax = inFlightMaxOf(target, roundTripMs);
  }

  get isUsable(): boolean {
    return this.#wire.loss === undefined && !this.#isClosing;
  }

  get messagesSent(): number {
    return this.#messagesSent;
  }

  get inFlight(): number {
    return this.#wire.inFlight;
  }

  get inFlightMax(): number {
    return this.#wire.inFlightMax;
  }

  get idleMs(): number {
    return this.#wire.idleMs;
  }

  async send(transaction: Transaction): Promise<TransactionResult> {
    const { body } = transaction;
    if (body.kind === 'bytes') {
      const { bytes } = body;
      const ready: BodyToSend = {
        kind: 'bytes',
        bytes,
        sizeBytes: bytes.length,
        traits: traitsOf(bytes),
      };
      return this.#transact(transaction, ready, () => headerIsAscii(bytes));
    }
    return this.#sendStream(transaction, body);
  }

  /** Reads the body twice: once to know that it may be sent at all, once to send it. */
  async #sendStream(
    transaction: Transaction,
    body: Extract<Transaction['body'], { readonly kind: 'stream' }>,
  ): Promise<TransactionResult> {
    const inspector = new BodyInspector();
    let head: Buffer | undefined;
    try {
      for await (const chunk of body.open()) {
        head ??= chunk;
        inspector.push(chunk);
      }
    } catch {
      // Which error it was the spool has reported itself; nothing was sent.
      return refused(transaction, unreadable);
    }
    const ready: BodyToSend = { ...body, open: () => body.open(), traits: inspector.traits() };
    return this.#transact(transaction, ready, () => headerIsAscii(head ?? Buffer.alloc(0)));
  }

  #transact(
    transaction: Transaction,
    body: BodyToSend,
    isHeaderAscii: () => boolean,
  ): Promise<TransactionResult> | TransactionResult {
    const recipients = eachOnce(transaction.envelope.recipients);
    const plan = planTransaction({
      transaction,
      recipients,
      traits: body.traits,
      sizeBytes: body.sizeBytes,
      headerIsAscii: body.traits.isAscii || !transaction.envelope.smtpUtf8 || isHeaderAscii(),
      capabilities: this.capabilities,
      protocol: this.target.protocol,
      isTlsVerified: this.#isTlsVerified,
    });
    if (plan.kind === 'refuse') return refused(transaction, plan.reply);

    this.#messagesSent += 1;
    const { promise, resolve } = Promise.withResolvers<TransactionResult>();
    this.#wire.enqueue(
      new TransactionExchange({
        wire: this.#wire,
        plan,
        recipients: recipients.map(({ address }) => address),
        body,
        isPipelined: this.#isPipelining,
        isEager: this.#isEager && isWorthTheRisk(body, this.#wire.idleMs),
        isLmtp: this.target.protocol === 'lmtp',
        timeouts: this.#timeouts,
        state: this.#state,
        peer: this.#peer,
        resolve,
      }),
    );
    return promise;
  }

  async tryRecipient(recipient: string): Promise<SmtpReply> {
    assert(!/[\x00-\x1f\x7f]/.test(recipient), 'a recipient is one line');
    const lines = ['MAIL FROM:<>\r\n', `RCPT TO:<${recipient}>\r\n`, 'RSET\r\n'];
    const [mail, rcpt] = await this.#ask(lines, {
      phase: 'rcpt',
      timeoutMs: this.#timeouts.rcptMs,
    });
    assert(mail !== undefined && rcpt !== undefined);
    return mail.code >= 300 ? mail : rcpt;
  }

  async isAlive(): Promise<boolean> {
    if (!this.isUsable) return false;
    const timeoutMs = Math.min(this.#timeouts.mailMs, 10_000);
    const answer = await runCommands(this.#wire, { lines: ['RSET\r\n'], timeoutMs });
    return answer.kind === 'answered' && answer.replies[0]?.code === 250;
  }

  async command(line: string): Promise<SmtpReply> {
    assert(!/[\r\n]/.test(line), 'a command is one line');
    const [reply] = await this.#ask([`${line}\r\n`], {
      phase: 'mail',
      timeoutMs: this.#timeouts.mailMs,
    });
    assert(reply !== undefined);
    return reply;
  }

  async close(): Promise<void> {
    if (!this.isUsable) return;
    this.#isClosing = true;
    await runCommands(this.#wire, { lines: ['QUIT\r\n'], timeoutMs: quitTimeoutMs });
    this.destroy();
  }

  destroy(): void {
    this.#isClosing = true;
    this.#wire.fail({ code: 'SMTP_STOPPED', detail: 'we closed it' });
  }

  async #ask(
    lines: readonly string[],
    { phase, timeoutMs }: { readonly phase: SmtpPhase; readonly timeoutMs: number },
  ): Promise<readonly SmtpReply[]> {
    const answer = await runCommands(this.#wire, {
      lines,
      timeoutMs,
      isPipelined: this.#isPipelining,
    });
    if (answer.kind === 'answered') return answer.replies;
    throw new SmtpConnectionError(answer.loss.code, { phase, peer: this.#peer, ...answer.loss });
  }
}

/** Nothing was sent; the reason is ours. */
function refused({ envelope }: Transaction, reply: SmtpReply): TransactionResult {
  const recipients = eachOnce(envelope.recipients).map(({ address }): RecipientResult => ({
    recipient: address,
    reply,
    phase: 'mail',
    by: 'ours',
  }));
  return { recipients, durationMs: 0 };
}

/** LMTP servers differ in how many replies a recipient named twice gets (RFC 2033 §4.2); nobody is named twice. */
function eachOnce(recipients: readonly EnvelopeRecipient[]): readonly EnvelopeRecipient[] {
  if (recipients.length < 2) return recipients;
  const seen = new Map(recipients.map((recipient) => [recipient.address, recipient]));
  return seen.size === recipients.length ? recipients : [...seen.values()];
}

function headerIsAscii(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n\r\n');
  return !/[^\x00-\x7f]/.test((end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1'));
}
