// One client on its transport: commands are received, run and answered one after the other, in the order they came (RFC 3501 §5.5
// allows more, and nobody needs it).
//
//   handshake  TLS is being agreed on; nothing is said
//   waiting    the next command (or line: IDLE, AUTHENTICATE) is awaited; what was said has left
//   receiving  a command has begun and is not all here
//   running    our turn
//   ending     the last line was said
//
// Promise: however it ends, the selected folder is let go and onGone() is called once.
import type { Socket } from 'node:net';
import type { TLSSocketOptions } from 'node:tls';
import { converse } from '../session/converse.ts';
import type { CommandSource } from '../session/receive-command.ts';
import type { ServerContext } from '../session/server-context.ts';
import { Session, type SessionWire } from '../session/session.ts';
import { CommandIntake } from '../wire/command-intake.ts';
import { ConnectionGone, Responder } from '../wire/responder.ts';
import { isLoopback } from './client-address.ts';
import { overdue, type ConnectionTimes } from './deadlines.ts';
import { Transport } from './transport.ts';

export interface ConnectionParts {
  readonly context: ServerContext;
  readonly tls: (() => TLSSocketOptions) | undefined;
  /** TLS from the first byte. */
  readonly isImplicitTls: boolean;
  readonly onGone: (connection: ImapConnection) => void;
}

/** More than this is not read ahead of the command in hand. */
const aheadBytesMax = 256 * 1024;

export class ImapConnection implements SessionWire, CommandSource {
  readonly intake = new CommandIntake();
  readonly session: Session;
  readonly #parts: ConnectionParts;
  readonly #transport: Transport;
  #phase: ConnectionTimes['phase'] = 'waiting';
  #sinceMs: number;
  /** Moves along while somebody is logged in: after UNAUTHENTICATE a client has as long as after the greeting. */
  #strangerSinceMs: number;
  #stalled = { sentBytes: 0, sinceMs: 0 };
  #wake: (() => void) | undefined;
  /** The last line was said, or nobody is there to hear one. */
  #isOver = false;
  #isInputOver = false;
  readonly #gone = Promise.withResolvers<void>();

  constructor(socket: Socket, parts: ConnectionParts) {
    this.#parts = parts;
    this.#sinceMs = parts.context.clock.monotonicMs();
    this.#strangerSinceMs = this.#sinceMs;
    this.#transport = new Transport(socket, {
      onInput: (chunk) => this.#onInput(chunk),
      onEnd: () => this.#endInput(),
      onGone: () => {
        this.#isOver = true;
        this.#endInput();
        this.#gone.resolve();
      },
    });
    this.session = new Session(parts.context, this, new Responder(this.#transport.output));
  }

  // What the session needs.

  get remoteAddress(): string {
    return this.#transport.remoteAddress;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isTls(): boolean {
    return this.#transport.isTls;
  }

  get isPrivate(): boolean {
    if (this.isTls) return true;
    const { clearTextLogins } = this.#parts.context.limits;
    return clearTextLogins === 'loopback' && isLoopback(this.remoteAddress);
  }

  get tlsExporter(): Buffer | undefined {
    return this.#transport.tlsExporter;
  }

  get isCompressed(): boolean {
    return this.#transport.isCompressed;
  }

  async readLine(bytesMax: number): Promise<string | undefined> {
    for (;;) {
      const step = this.intake.line(bytesMax);
      if (step.kind === 'line') return step.text;
      if (step.kind === 'too-long') return this.bye('The line is too long.');
      if (!(await this.more())) return undefined;
    }
  }

  async startTls(): Promise<void> {
    const { tls } = this.#parts;
    if (tls === undefined) return;
    this.flush();
    // RFC 3501 §6.2.1: what was said in clear text behind STARTTLS is forgotten (threat 4).
    this.intake.reset();
    await this.#shakeHands(tls());
    this.intake.reset();
  }

  startCompression(): void {
    this.flush();
    this.#transport.compress();
    this.session.out.redirect(this.#transport.output);
  }

  flush(): void {
    this.session.out.flush();
  }

  end(): void {
    if (this.#isOver) return;
    this.session.finish();
    this.flush();
    this.#isOver = true;
    this.#enter('ending');
    this.#transport.end();
    this.#wake?.();
  }

  // What the listener asks for.

  get times(): ConnectionTimes {
    return {
      phase: this.#phase,
      isIn: this.session.mailbox !== undefined,
      strangerSinceMs: this.#strangerSinceMs,
      sinceMs: this.#sinceMs,
      stalledSinceMs: this.#transport.unsentBytes === 0 ? undefined : this.#stalled.sinceMs,
    };
  }

  /** Called every now and then; ends what takes too long. */
  watch(nowMs: number): void {
    const { sentBytes } = this.#transport;
    if (sentBytes !== this.#stalled.sentBytes || this.#transport.unsentBytes === 0) {
      this.#stalled = { sentBytes, sinceMs: nowMs };
    }
    const verdict = overdue(this.times, this.#parts.context.limits, nowMs);
    if (verdict === 'bye') this.bye('You were silent for too long.');
    if (verdict === 'drop') this.destroy();
  }

  /** Ends at once when nothing is being done; else the command in hand is finished, and whoever runs it knows. */
  endUnlessBusy(text: string): void {
    if (this.#phase === 'handshake') this.destroy();
    else if (this.#phase === 'waiting') this.bye(text);
  }

  /** RFC 3501 §7.1.5: BYE, and that was it. */
  bye(text: string): undefined {
    if (this.#isOver) return;
    this.session.out.untagged(`BYE ${text}`);
    this.end();
  }

  destroy(): void {
    this.#transport.destroy();
  }

  /** The whole life; never rejects. `refusal` is said instead of a greeting. */
  async live(refusal: string | undefined): Promise<void> {
    try {
      const { isImplicitTls, tls } = this.#parts;
      if (isImplicitTls && tls !== undefined) await this.#shakeHands(tls());
      if (refusal === undefined) await converse(this.session, this);
      else this.bye(refusal);
    } catch (cause) {
      // A client that went away, or cannot agree on TLS, is no failure of ours.
      if (this.#phase === 'handshake') this.destroy();
      else if (!(cause instanceof ConnectionGone)) {
        this.#parts.context.onFailure({ command: '', account: this.session.account, cause });
        this.destroy();
      }
    } finally {
      this.end();
      this.#enter('ending');
      await this.#letGo();
      await this.#gone.promise;
      this.#parts.onGone(this);
    }
  }

  async #letGo(): Promise<void> {
    try {
      await this.session.closeView();
    } catch (cause) {
      this.#parts.context.onFailure({ command: '', account: this.session.account, cause });
    }
  }

  /** Input beyond what is here; false when there will be none. */
  async more(): Promise<boolean> {
    if (this.#isOver || this.#isInputOver) return false;
    this.#enter(
      this.intake.waitingBytes === 0 && this.#phase !== 'receiving' ? 'waiting' : 'receiving',
    );
    this.flush();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    this.#transport.resume();
    await promise;
    this.#wake = undefined;
    return !this.#isOver && (!this.#isInputOver || this.intake.waitingBytes > 0);
  }

  startTurn(): void {
    this.#enter('running');
    if (this.session.mailbox !== undefined) this.#strangerSinceMs = this.#sinceMs;
  }

  async #shakeHands(options: TLSSocketOptions): Promise<void> {
    this.#enter('handshake');
    await this.#transport.secure(options);
    this.session.out.redirect(this.#transport.output);
    this.#enter('running');
  }

  #enter(phase: ConnectionTimes['phase']): void {
    if (phase === this.#phase && phase === 'receiving') return;
    // The time for a farewell begins once.
    if (this.#phase === 'ending') return;
    this.#phase = phase;
    this.#sinceMs = this.#parts.context.clock.monotonicMs();
  }

  #onInput(chunk: Buffer): void {
    this.intake.push(chunk);
    if (this.intake.waitingBytes > aheadBytesMax) this.#transport.pause();
    this.#wake?.();
  }

  #endInput(): void {
    this.#isInputOver = true;
    this.#wake?.();
  }
}
