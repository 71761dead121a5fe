// One session: smtp-server's SMTPConnection (socket, STARTTLS, half-close) with the conversation replaced by ours.
//
//   silent     connected, nothing may be said yet (100 ms, and the host is asked)
//   open       greeted; commands, bodies and chunks in their order
//   upgrading  STARTTLS was answered, the handshake runs, nothing is written
//   closing    the last reply is written; what still comes is thrown away
//
// Promises
// - Replies leave in the order of the commands, those of one pipelined group in one write (RFC 2920 §3.2).
// - A client that does not read its replies is not read from either, so it holds no memory.
// - When the session ends, a message under way is aborted, and the host hears closed() once.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import { isPositive, type SmtpReply, smtpReply } from '@restante/mail-model';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { SMTPServer } from 'smtp-server';
import type { CommandLine } from './command-line.ts';
import type { SessionTimes } from './deadlines.ts';
import type { Dialogue, EdgeContext } from './dialogue.ts';
import type { EdgeTls } from './edge.ts';
import type { MessageAnswer } from './edge-host.ts';
import { formatWireReply } from './format-wire-reply.ts';
import type { OctetReader } from './octet-reader.ts';
import { describeTls, identifyPeer } from './peer-certificate.ts';
import { replies } from './replies.ts';
import { ReplyWatch } from './reply-watch.ts';
import { SessionFacts } from './session-facts.ts';
import { toSmtpReply } from './to-smtp-reply.ts';
import type { Transaction } from './transaction.ts';
import { isHttp, readCommand } from './verbs.ts';
import { type WireOwner, WireParser } from './wire-parser.ts';

export interface EdgeConnectionParts {
  readonly context: EdgeContext;
  readonly tls: () => EdgeTls | undefined;
  readonly onGone: (connection: EdgeConnection) => void;
}

// smtp-server's own value: whoever speaks within it does not wait for the greeting.
const silenceMs = 100;
// RFC 5321 §4.5.3.1.4 says 512, and extensions add to it: SIZE 26, DSN 628, SMTPUTF8 10, AUTH 500 ...
const lineMaxBytes = 2_048;
// Peers add the hop note (design §4.3).
const peerLineMaxBytes = 16_384;

const brokenLineReplies = {
  'too-long': replies.commandTooLong,
  'line-end': replies.commandLineEnd,
  'not-text': replies.commandNotText,
} as const;

export class EdgeConnection extends SMTPConnection implements Dialogue, WireOwner {
  readonly context: EdgeContext;
  readonly facts: SessionFacts;
  transaction: Transaction | undefined;
  /** Set before init(): there is no room, say this instead of a greeting. */
  refusal: { readonly reply: SmtpReply; readonly reason: string } | undefined;
  readonly #parts: EdgeConnectionParts;
  readonly #watch = new ReplyWatch();
  readonly #openedMs: number;
  #out = '';
  #flushLater: NodeJS.Immediate | undefined;
  #badCommands = 0;
  #isHostAsked = false;
  #isHostBusy = false;
  #isStopping = false;
  #isGone = false;
  #waitingSinceMs: number;
  #handshake: { readonly sinceMs: number; socket?: Socket } | undefined;

  constructor(server: SMTPServer, socket: Socket, parts: EdgeConnectionParts) {
    super(server, socket);
    const { context } = parts;
    this.context = context;
    this.#parts = parts;
    this.#openedMs = context.clock.monotonicMs();
    this.#waitingSinceMs = this.#openedMs;
    this.facts = new SessionFacts({
      id: this.id,
      listener: context.name,
      remoteAddress: this.remoteAddress,
      remotePort: this.remotePort,
      localPort: this.localPort,
      openedAtMs: context.clock.now(),
    });
  }

  /** Where the session stands, for the deadlines. */
  get times(): SessionTimes {
    return {
      openedMs: this.#openedMs,
      waitingSinceMs: this.#waitingSinceMs,
      bodySinceMs: this.transaction?.intake?.sinceMs,
      handshakeSinceMs: this.#handshake?.sinceMs,
      isHostBusy: this.#isHostBusy,
    };
  }

  override init(): void {
    this._setListeners(() => {
      this.#open().catch((failure: unknown) => this.onBug(failure));
    });
  }

  async #open(): Promise<void> {
    const { refusal, context } = this;
    if (refusal !== undefined) return this.#refuseSession(refusal.reply, refusal.reason);
    context.onEvent({
      name: 'session.opened',
      listener: context.name,
      clientAddress: this.remoteAddress,
    });
    // RFC 5321 §4.3.1: a client waits for the greeting. The host thinks meanwhile.
    const [answer] = await Promise.all([this.#askHost(), pause(silenceMs)]);
    if (this._closing || this.#isGone) return;
    if (answer !== undefined && !isPositive(answer)) {
      return this.#refuseSession(answer, 'refused-by-host');
    }
    this._ready = true;
    this.#waitingSinceMs = context.clock.monotonicMs();
    // RFC 2034 §3: the greeting has no enhanced code.
    this.reply(smtpReply(220, '', `${context.hostname} ESMTP`));
    if (this.#isStopping) this.reply(replies.stopping);
  }

  async #askHost(): Promise<SmtpReply | undefined> {
    const { host, onEvent } = this.context;
    this.#isHostAsked = true;
    try {
      const answer = await host.judgeConnection(this.facts);
      // RFC 5321 §3.1: instead of a greeting there is only 554, and 421 for "later".
      if (answer === undefined || isPositive(answer)) return undefined;
      return answer.code === 554 ? answer : asClosing(answer);
    } catch (failure) {
      return asClosing(toSmtpReply(onEvent, 'connection', failure));
    }
  }

  // What the parser tells us.

  onBytes(): boolean {
    if (this._ready) return true;
    // RFC 5321 §4.3.1: nothing that came before the greeting is executed.
    this.#refuseSession(replies.earlyTalker, 'early-talker');
    return false;
  }

  async onLine(line: CommandLine): Promise<void> {
    const wire = this.#wire;
    if (wire === undefined) return;
    this.#waitingSinceMs = this.context.clock.monotonicMs();
    if (!this.#watch.isIdle) this.#watch.commandAfter(wire.bytesBeforeCommand);
    if (line.kind === 'broken') return this.complain(brokenLineReplies[line.problem]);

    const { verb, argument } = readCommand(line.text);
    if (verb === undefined) return this.#onUnknown(line.text);
    if (verb.verb !== 'QUIT') {
      if (this.#isStopping && this.transaction === undefined) return this.reply(replies.stopping);
      if (wire.hasMore && (verb.endsGroup || !this.facts.isExtended)) {
        return this.#refuseSession(replies.badPipelining, 'improper-pipelining');
      }
    }
    if (verb.needsHello && this.facts.helo === '') return this.complain(replies.helloFirst);
    await this.#whileHostWorks(verb.verb, () => verb.run(this, argument));
  }

  async onOctetsEnd(reader: OctetReader): Promise<void> {
    await this.#whileHostWorks('end-of-data', () => reader.end());
  }

  onIdle(): Promise<void> | undefined {
    this.#flush();
    const socket = this._socket;
    if (!socket.writableNeedDrain || socket.destroyed) return undefined;
    return new Promise((resolve) => {
      socket.once('drain', resolve);
    });
  }

  onEnd(): void {
    this.close();
  }

  onBug(failure: unknown): void {
    this.reply(asClosing(toSmtpReply(this.context.onEvent, 'session', failure)));
  }

  // What the verbs ask for.

  reply(reply: SmtpReply): void {
    if (this._closing || this.#isGone) return;
    this.#out += formatWireReply(reply, { mayUseUtf8: this.facts.isUtf8 });
    this.#flushLater ??= setImmediate(() => this.#flush());
    if (reply.code === 421) this.close();
  }

  complain(reply: SmtpReply): void {
    this.#badCommands += 1;
    const isTooMuch = this.#badCommands >= this.context.limits.badCommandsMax;
    this.reply(isTooMuch ? replies.tooManyBadCommands : reply);
  }

  replyFinally(answer: MessageAnswer): void {
    if (this._closing || this.#isGone) return answer.onReplyLost?.();
    this.#badCommands = 0;
    this.#watch.add(answer);
    this.reply(answer.reply);
    if (this.#isStopping) this.reply(replies.stopping);
  }

  greet(helo: string, { isExtended }: { readonly isExtended: boolean }): void {
    this.reset('greeted again');
    this.facts.helo = helo;
    this.facts.isExtended = isExtended;
  }

  begin(transaction: Transaction): void {
    this.transaction = transaction;
  }

  reset(why: string): void {
    this.transaction?.intake?.abandon(why);
    this.transaction = undefined;
    this.facts.isUtf8 = false;
  }

  readOctets(reader: OctetReader): void {
    this.#wire?.readOctets(reader);
  }

  startTls(): void {
    this.#flush();
    this.#handshake = { sinceMs: this.context.clock.monotonicMs() };
    this.upgrade(
      () => undefined,
      () => this.#onSecure(),
    );
  }

  override close(): void {
    this.#flush();
    super.close();
  }

  // What the server asks for.

  /** Lets the transaction in hand end, then says 421. */
  beginStop(): void {
    this.#isStopping = true;
    if (this._ready && this.transaction === undefined && !this.#isHostBusy) {
      this.reply(replies.stopping);
    }
  }

  /** Says 421 now, but not in place of the answer of a message that is being committed. */
  endNow(): void {
    if (!this.#isHostBusy) this.expire(replies.stopping);
  }

  expire(reply: SmtpReply): void {
    // Inside a handshake nothing can be said; the TLS socket has to go first, never the one below it.
    if (this.#handshake !== undefined) this.#handshake.socket?.destroy();
    this.reset('the client took too long');
    this.reply(reply);
    this.close();
  }

  destroy(): void {
    (this.#handshake?.socket ?? this._socket).destroy();
  }

  // What the library calls.

  override _createParser(): WireParser {
    return new WireParser(this, lineMaxBytes);
  }

  override _armTimeout(socket: Socket = this._socket): void {
    if (this.#handshake !== undefined && socket !== this._socket) this.#handshake.socket = socket;
    super._armTimeout(socket);
  }

  override _onTimeout(): void {
    if (this._closing) return this.destroy();
    if (this.#isHostBusy) return this._armTimeout();
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
    clearImmediate(this.#flushLater);
    this.reset('client gone');
    this.#watch.close();
    const { context } = this;
    if (this.#isHostAsked) {
      context.host.closed(this.facts);
      const durationMs = context.clock.monotonicMs() - this.#openedMs;
      const { name: listener } = context;
      context.onEvent({
        name: 'session.closed',
        listener,
        clientAddress: this.remoteAddress,
        durationMs,
      });
    }
    this.#parts.onGone(this);
  }

  get #wire(): WireParser | undefined {
    return this._parser instanceof WireParser ? this._parser : undefined;
  }

  async #whileHostWorks(phase: string, work: () => void | Promise<void>): Promise<void> {
    this.#isHostBusy = true;
    try {
      await work();
    } catch (failure) {
      this.reply(toSmtpReply(this.context.onEvent, phase, failure));
    } finally {
      this.#isHostBusy = false;
      this.#waitingSinceMs = this.context.clock.monotonicMs();
    }
  }

  #onUnknown(line: string): void {
    if (isHttp(line)) return this.reply(replies.tooManyBadCommands);
    this.complain(replies.unknownCommand);
  }

  #onSecure(): void {
    const socket = this._socket;
    const tls = this.#parts.tls();
    this.#handshake = undefined;
    this.#waitingSinceMs = this.context.clock.monotonicMs();
    // The handshake answered our 220, so everything said before it was read.
    this.#watch.commandAfter(Infinity);
    // RFC 3207 §4.2: what was said in clear text is forgotten.
    this.greet('', { isExtended: false });
    if (!(socket instanceof TLSSocket) || tls === undefined) return;
    this.facts.tls = describeTls(socket);
    const peer = identifyPeer(socket, tls, this.context.clock.now());
    if (peer === undefined) return;
    this.facts.peer = peer;
    if (this.#wire !== undefined) this.#wire.lines.maxBytes = peerLineMaxBytes;
  }

  #refuseSession(reply: SmtpReply, reason: string): void {
    if (this._closing) return;
    const { name: listener, onEvent } = this.context;
    onEvent({ name: 'session.refused', listener, clientAddress: this.remoteAddress, reason });
    this.reply(reply);
    this.close();
  }

  #flush(): void {
    clearImmediate(this.#flushLater);
    this.#flushLater = undefined;
    if (this.#out === '') return;
    const text = this.#out;
    this.#out = '';
    // While the handshake runs, _socket is still the one below TLS; nothing may be written to it.
    if (this._upgrading || this._socket.destroyed || !this._socket.writable) return;
    this._socket.write(text);
    const wire = this.#wire;
    if (!this.#watch.isIdle && wire !== undefined) this.#watch.written(wire.arrivedBytes);
  }
}

/** Some replies only make sense as the last one of a session. */
function asClosing(reply: SmtpReply): SmtpReply {
  const enhanced = reply.enhanced.startsWith('4') ? reply.enhanced : '4.3.0';
  return reply.code === 421 ? reply : smtpReply(421, enhanced, reply.text);
}
