// One session on its socket: smtp-server's SMTPConnection (socket, STARTTLS, half-close) with our conversation in it.
//
//   silent     connected, nothing may be said yet (the host is asked, and strangers wait 100 ms)
//   open       greeted; commands, bodies and chunks in their order
//   handshake  STARTTLS was answered, nothing is written but TLS
//   closing    the last reply is written; what still comes is thrown away
//
// Promise: when the session ends, a message under way is aborted, and the host hears closed() once.
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type SmtpReply, smtpReply } from '@restante/mail-model';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { SMTPServer } from 'smtp-server';
import { askAboutConnection } from './ask-about-connection.ts';
import { Conversation, type SessionWire } from './conversation.ts';
import type { SessionTimes } from './deadlines.ts';
import type { EdgeContext } from './dialogue.ts';
import type { EdgeTls } from './edge.ts';
import { replies } from './replies.ts';
import { noteHandshake } from './secure-session.ts';
import { SessionFacts } from './session-facts.ts';
import { WireParser } from './wire-parser.ts';

export interface EdgeConnectionParts {
  readonly context: EdgeContext;
  readonly isTlsFromStart: boolean;
  readonly tls: () => EdgeTls | undefined;
  readonly onPeer: (connection: EdgeConnection) => void;
  readonly onGone: (connection: EdgeConnection) => void;
}

// smtp-server's own value: whoever speaks within it does not wait for the greeting.
const silenceMs = 100;
// RFC 5321 §4.5.3.1.4 says 512, and extensions add to it: SIZE 26, DSN 628, SMTPUTF8 10, AUTH 500 ...
const lineMaxBytes = 2_048;
// Peers add the hop note (design §4.3).
const peerLineMaxBytes = 16_384;

export class EdgeConnection extends SMTPConnection implements SessionWire {
  readonly facts: SessionFacts;
  /** Set before init(): there is no room, say this instead of a greeting. */
  refusal: { readonly reply: SmtpReply; readonly reason: string } | undefined;
  readonly #parts: EdgeConnectionParts;
  readonly #talk: Conversation;
  readonly #openedMs: number;
  #isHostAsked = false;
  #isGone = false;
  #handshake: { readonly sinceMs: number; socket?: Socket } | undefined;

  constructor(server: SMTPServer, socket: Socket, parts: EdgeConnectionParts) {
    super(server, socket);
    const { clock, name } = parts.context;
    this.#parts = parts;
    this.#openedMs = clock.monotonicMs();
    this.facts = new SessionFacts({
      id: this.id,
      listener: name,
      remoteAddress: this.remoteAddress,
      remotePort: this.remotePort,
      localPort: this.localPort,
      openedAtMs: clock.now(),
    });
    this.#talk = new Conversation(this, parts.context, this.facts);
  }

  // What the conversation needs.

  get parser(): WireParser | undefined {
    return this._parser instanceof WireParser ? this._parser : undefined;
  }

  get isOver(): boolean {
    return this._closing || this.#isGone;
  }

  write(text: string, encoding: 'latin1' | 'utf8'): boolean {
    // While the handshake runs, _socket is still the one below TLS; nothing may be written to it.
    if (this._upgrading || this._socket.destroyed || !this._socket.writable) return false;
    this._socket.write(text, encoding);
    return true;
  }

  whenDrained(): Promise<void> | undefined {
    const socket = this._socket;
    if (!socket.writableNeedDrain || socket.destroyed) return undefined;
    return new Promise((resolve) => {
      socket.once('drain', resolve);
    });
  }

  /** What the socket has read, where it is not piped; false: no more for now. */
  take(chunk: Buffer): boolean {
    return this.parser?.write(chunk) ?? true;
  }

  startTls(): void {
    this.#handshake = { sinceMs: this.#parts.context.clock.monotonicMs() };
    this.upgrade(
      () => undefined,
      () => this.#onSecure(),
    );
  }

  refuseSession(reply: SmtpReply, reason: string): void {
    if (this.isOver) return;
    this.#noteRefusal(reason);
    this.#talk.reply(reply);
    this.#talk.close();
  }

  // What the server asks for.

  /** Where the session stands, for the deadlines. */
  get times(): SessionTimes {
    return {
      isPeer: this.facts.peer !== undefined,
      openedMs: this.#openedMs,
      waitingSinceMs: this.#talk.waitingSinceMs,
      bodySinceMs: this.#talk.transaction?.intake?.sinceMs,
      handshakeSinceMs: this.#handshake?.sinceMs,
      isHostBusy: this.#talk.isHostBusy,
    };
  }

  /** Lets the transaction in hand end, then says 421. */
  beginStop(): void {
    this.#talk.isStopping = true;
    if (this.#handshake !== undefined) return this.destroy();
    const { isOpen, transaction, isHostBusy } = this.#talk;
    if (isOpen && transaction === undefined && !isHostBusy) this.#talk.reply(replies.stopping);
  }

  /** Says 421 now, but not in place of the answer of a message that is being committed. */
  endNow(): void {
    if (!this.#talk.isHostBusy) this.expire(replies.stopping);
  }

  expire(reply: SmtpReply): void {
    if (this.isOver) return;
    // Inside a handshake nothing can be said; the TLS socket has to go first, never the one below it.
    if (this.#handshake !== undefined) return this.destroy();
    this.#talk.reset('the client took too long');
    this.#talk.reply(reply);
    this.#talk.close();
  }

  destroy(): void {
    (this.#handshake?.socket ?? this._socket).destroy();
  }

  // What the library calls.

  override init(): void {
    const { isTlsFromStart, context } = this.#parts;
    if (isTlsFromStart) {
      this.#handshake = { sinceMs: context.clock.monotonicMs() };
      // Nothing can be said to a client that waits for a handshake, and making one only to refuse it costs too much.
      if (this.refusal !== undefined) this.#noteRefusal(this.refusal.reason);
    }
    this._setListeners(() => {
      if (isTlsFromStart) this.#onSecure();
      this.#open().catch((failure: unknown) => this.#talk.onBug(failure));
    });
    if (isTlsFromStart && this.refusal !== undefined) this.destroy();
  }

  override _createParser(): WireParser {
    // Called by the library's constructor too, when our fields are not there yet.
    const parser = new WireParser(() => this.#talk, lineMaxBytes);
    // pipe() would, but not for what comes by take().
    parser.on('drain', () => {
      if (!parser.isClosed) this._socket.resume();
    });
    return parser;
  }

  override _armTimeout(socket: Socket = this._socket): void {
    if (this.#handshake !== undefined && socket !== this._socket) this.#handshake.socket = socket;
    super._armTimeout(socket);
  }

  override _onTimeout(): void {
    if (this._closing) return this.destroy();
    if (this.#talk.isHostBusy) return this._armTimeout();
    this.expire(replies.idle);
  }

  override _onError(): void {
    // The other side went away, or its handshake failed. What was under way is aborted when the socket closes.
    this.close();
  }

  override _onClose(): void {
    super._onClose();
    if (this.#isGone) return;
    this.#isGone = true;
    this.#talk.end();
    const { host, onEvent, clock, name: listener } = this.#parts.context;
    if (this.#isHostAsked) {
      host.closed(this.facts);
      const durationMs = clock.monotonicMs() - this.#openedMs;
      const { remoteAddress: clientAddress } = this;
      onEvent({ name: 'session.closed', listener, clientAddress, durationMs });
    }
    this.#parts.onGone(this);
  }

  #noteRefusal(reason: string): void {
    const { name: listener, onEvent } = this.#parts.context;
    onEvent({ name: 'session.refused', listener, clientAddress: this.remoteAddress, reason });
  }

  async #open(): Promise<void> {
    const { refusal } = this;
    if (refusal !== undefined) return this.refuseSession(refusal.reply, refusal.reason);
    const { name: listener, onEvent, hostname, clock } = this.#parts.context;
    onEvent({ name: 'session.opened', listener, clientAddress: this.remoteAddress });
    // RFC 5321 §4.3.1: a client waits for the greeting. The host thinks meanwhile.
    const { host, requiresAuth } = this.#parts.context;
    const isAtOnce = requiresAuth || host.greetsAtOnce?.(this.facts) === true;
    this.#isHostAsked = true;
    const asked = askAboutConnection(this.#parts.context, this.facts);
    const [answer] = await Promise.all([asked, isAtOnce ? undefined : pause(silenceMs)]);
    if (this.isOver) return;
    if (answer !== undefined) return this.refuseSession(answer, 'refused-by-host');
    this._ready = true;
    this.#talk.isOpen = true;
    this.#talk.waitingSinceMs = clock.monotonicMs();
    // RFC 2034 §3: the greeting has no enhanced code.
    this.#talk.reply(
      this.#talk.isStopping ? replies.stopping : smtpReply(220, '', `${hostname} ESMTP`),
    );
  }

  #onSecure(): void {
    const { clock, offersAuth } = this.#parts.context;
    this.#handshake = undefined;
    this.#talk.waitingSinceMs = clock.monotonicMs();
    // The handshake answered our 220, so everything said before it was read.
    this.#talk.watch.commandAfter(Infinity);
    // RFC 3207 §4.2: what was said in clear text is forgotten.
    this.#talk.greet('', { isExtended: false });
    const handshake = { socket: this._socket, tls: this.#parts.tls(), nowMs: clock.now() };
    if (!noteHandshake(this.facts, { ...handshake, offersAuth })) return;
    if (this.parser !== undefined) this.parser.lines.maxBytes = peerLineMaxBytes;
    this.#parts.onPeer(this);
  }
}
