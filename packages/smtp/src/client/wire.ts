// A socket on which exchanges (a command, a transaction) take their turns, replies in strict order (RFC 2920 §3.1).
//
// Promises
// - Every exchange ends exactly once: by its last reply, or by onLost() with the reason.
// - Nothing waits for ever: one timer per connection watches the deadline of the exchange at the head.
// - What the exchanges write during one turn of the event loop leaves in one write.
// - A reply that nobody waits for ends the connection: after it, no reply could be attributed with certainty.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SmtpReply } from '@restante/mail-model';
import type { SmtpConnectionFailureCode } from './connection-error.ts';
import { ReplyParser } from './reply-parser.ts';

/** Why the connection is no more. */
export interface Loss {
  readonly code: SmtpConnectionFailureCode;
  readonly detail: string;
  /** A 421 in the server's own words, for the exchange it answered. */
  readonly reply?: SmtpReply;
  readonly cause?: unknown;
}

export interface Exchange {
  /** Its last octet has been handed to the wire, so the next exchange may write. */
  readonly isWritten: boolean;
  /** How long the other side may take for its next sign of life. */
  readonly timeoutMs: number;
  /** Called once, when it is this exchange's turn to write. */
  begin(): void;
  /** True when this was the last reply. */
  onReply(reply: SmtpReply): boolean;
  onLost(loss: Loss): void;
}

// What is gathered into one buffer for one write; larger pieces are handed over as they are.
const gatherMaxBytes = 32_768;

export class Wire {
  readonly socket: Socket;
  /** How many exchanges may be under way at once; 1 without PIPELINING. */
  inFlightMax = 1;
  readonly #parser = new ReplyParser((reply) => this.#onReply(reply));
  readonly #exchanges: Exchange[] = [];
  #begun = 0;
  #loss: Loss | undefined;
  #isReading = false;
  #out: (string | Buffer)[] = [];
  #outBytesMax = 0;
  #gather: Buffer | undefined;
  #deadlineMs = Infinity;
  #timer: NodeJS.Timeout | undefined;
  #timerFiresMs = Infinity;
  #idleSinceMs = performance.now();

  constructor(socket: Socket) {
    this.socket = socket;
    if (!(socket instanceof TLSSocket)) this.#gather = Buffer.allocUnsafeSlow(gatherMaxBytes);
    socket.on('data', this.#onData);
    socket.on('error', this.#onError);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onEnd);
  }

  get loss(): Loss | undefined {
    return this.#loss;
  }

  get inFlight(): number {
    return this.#exchanges.length;
  }

  /** How long nothing has been under way. */
  get idleMs(): number {
    return this.#exchanges.length > 0 ? 0 : performance.now() - this.#idleSinceMs;
  }

  /** True when everything written so far is in the hands of the operating system. */
  get isFlushed(): boolean {
    return this.#out.length === 0 && this.socket.writableLength === 0;
  }

  enqueue(exchange: Exchange): void {
    if (this.#loss !== undefined) {
      exchange.onLost(this.#loss);
      return;
    }
    this.#exchanges.push(exchange);
    if (!this.#isReading) this.turn();
  }

  /** Only for an exchange whose turn it is; leaves with the next flush. */
  write(part: string | Buffer): void {
    this.#out.push(part);
    // A UTF-16 unit needs at most three octets of UTF-8.
    this.#outBytesMax += typeof part === 'string' ? part.length * 3 : part.length;
  }

  /** Writes a piece of a long body; false when the socket wants us to wait for 'drain'. */
  writeThrough(chunk: Buffer): boolean {
    this.flush();
    this.touch();
    return this.#loss === undefined ? this.socket.write(chunk) : true;
  }

  /** Begins what may begin, writes what is to be written, sets the deadline. */
  turn(): void {
    while (this.#loss === undefined && this.#begun < this.inFlightMax) {
      const next = this.#exchanges[this.#begun];
      if (next === undefined) break;
      const before = this.#begun === 0 ? undefined : this.#exchanges[this.#begun - 1];
      if (before?.isWritten === false) break;
      this.#begun += 1;
      next.begin();
    }
    this.flush();
    this.touch();
  }

  /** The other side has shown life, or we have begun to wait for it. */
  touch(): void {
    const head = this.#exchanges[0];
    if (head === undefined) {
      this.#deadlineMs = Infinity;
      return;
    }
    const now = performance.now();
    this.#deadlineMs = now + head.timeoutMs;
    // The timer is only moved when it would fire too late; firing early costs one look at the clock.
    if (this.#timerFiresMs > this.#deadlineMs) this.#armTimer(now);
  }

  /** Ends the connection at once. Every exchange hears of it. */
  fail(loss: Loss): void {
    if (this.#loss !== undefined) return;
    this.#loss = loss;
    clearTimeout(this.#timer);
    const { reply: _answer, ...silent } = loss;
    const exchanges = this.#exchanges.splice(0);
    // A 421 answers the exchange at the head; to the others the connection is simply gone.
    for (const [index, exchange] of exchanges.entries())
      exchange.onLost(index === 0 ? loss : silent);
    this.#out = [];
    this.socket.destroy();
  }

  /** Gives the socket away, for STARTTLS. False when more than the reply has come: it would be injected (RFC 3207 §6). */
  detach(): boolean {
    const isClean = this.#parser.isEmpty && this.#loss === undefined;
    clearTimeout(this.#timer);
    this.socket.off('data', this.#onData);
    this.socket.off('error', this.#onError);
    this.socket.off('end', this.#onEnd);
    this.socket.off('close', this.#onEnd);
    return isClean;
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#isReading = true;
    this.#parser.push(chunk);
    this.#isReading = false;
    if (this.#parser.problem !== undefined) {
      this.fail({ code: 'SMTP_GARBAGE', detail: this.#parser.problem });
    }
    if (this.#loss === undefined) this.turn();
  };

  #onReply(reply: SmtpReply): void {
    if (this.#loss !== undefined) return;
    const head = this.#begun > 0 ? this.#exchanges[0] : undefined;
    // RFC 5321 §3.8: 421 may come at any time and means that the channel closes.
    if (reply.code === 421) {
      this.fail({ code: 'SMTP_REFUSED', detail: 'the server closes the channel', reply });
    } else if (head === undefined) {
      this.fail({ code: 'SMTP_GARBAGE', detail: `a reply to nothing: ${reply.code}` });
    } else if (head.onReply(reply)) {
      this.#exchanges.shift();
      this.#begun -= 1;
      if (this.#exchanges.length === 0) this.#idleSinceMs = performance.now();
    }
  }

  readonly #onError = (cause: Error): void => {
    this.fail({ code: 'SMTP_LOST', detail: cause.message, cause });
  };

  readonly #onEnd = (): void => {
    this.fail({ code: 'SMTP_LOST', detail: 'closed by the other side' });
  };

  flush(): void {
    const parts = this.#out;
    if (parts.length === 0 || this.#loss !== undefined) return;
    const sizeMax = this.#outBytesMax;
    this.#out = [];
    this.#outBytesMax = 0;
    if (parts.length === 1) {
      this.socket.write(parts[0] ?? '');
    } else if (sizeMax <= gatherMaxBytes) {
      this.#writeGathered(parts, sizeMax);
    } else {
      this.socket.cork();
      for (const part of parts) this.socket.write(part);
      this.socket.uncork();
    }
  }

  /** One buffer, one system call. The buffer is used again while the kernel takes all of it at once. */
  #writeGathered(parts: readonly (string | Buffer)[], sizeMax: number): void {
    const shared = this.#gather;
    const canShare = shared !== undefined && this.socket.writableLength === 0;
    const buffer = canShare ? shared : Buffer.allocUnsafe(sizeMax);
    let length = 0;
    for (const part of parts) {
      length += typeof part === 'string' ? buffer.write(part, length) : part.copy(buffer, length);
    }
    this.socket.write(buffer.subarray(0, length));
    // Somebody still holds it; this connection (TLS, or a slow reader) gets a buffer for each write from now on.
    if (canShare && this.socket.writableLength > 0) this.#gather = undefined;
  }

  #armTimer(nowMs: number): void {
    clearTimeout(this.#timer);
    this.#timerFiresMs = this.#deadlineMs;
    this.#timer = setTimeout(this.#onTimer, Math.max(1, Math.ceil(this.#deadlineMs - nowMs)));
  }

  readonly #onTimer = (): void => {
    const now = performance.now();
    this.#timerFiresMs = Infinity;
    if (now >= this.#deadlineMs) this.fail({ code: 'SMTP_TIMEOUT', detail: 'no answer in time' });
    else if (this.#deadlineMs < Infinity) this.#armTimer(now);
  };
}
