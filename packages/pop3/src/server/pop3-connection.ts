// One client: lines are read, run and answered one after the other, in the order they came (RFC 2449 §6.6, PIPELINING).
//
// Promises
// - A client that does not read is not read from either: nothing but the piece in hand is kept for it.
// - However it ends, the maildrop is let go, and nothing is deleted unless QUIT came (threat 37).
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { findCommand } from '../commands/index.ts';
import type { Pop3ServerOptions } from '../pop3-server.ts';
import { Session, type SessionWire } from '../session/session.ts';
import { beginTls, channelBinding } from './begin-tls.ts';
import type { ConnectionTimes } from './deadlines.ts';
import { LineBuffer } from './line-buffer.ts';

// RFC 5034 §4: long exchanges before a login; RFC 2449 §4: 255 octets for a command.
const exchangeMaxBytes = 12_288;
const commandMaxBytes = 1_024;
const aheadMaxBytes = 64 * 1024;
const sayMaxBytes = 16 * 1024;

class ConnectionGone extends Error {}

export class Pop3Connection implements SessionWire {
  readonly remoteAddress: string;
  readonly session: Session;
  readonly #server: Pop3ServerOptions;
  readonly #lines = new LineBuffer();
  readonly #openedMs: number;
  #socket: Socket;
  #phase: ConnectionTimes['phase'] = 'talking';
  #waitingSinceMs: number | undefined;
  #out = '';
  #wake: () => void = () => undefined;
  #isOver = false;
  #isInputOver = false;
  /** A multi-line answer has begun: an error cannot be said any more. */
  #isMidAnswer = false;

  constructor(socket: Socket, server: Pop3ServerOptions) {
    this.#server = server;
    this.#socket = socket;
    this.#openedMs = server.clock.monotonicMs();
    this.remoteAddress = socket.remoteAddress ?? '';
    this.session = new Session(server, this);
    socket.setNoDelay(true);
    this.#watch(socket);
  }

  // What the session needs.

  get isTls(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  get tlsExporter(): Buffer | undefined {
    return channelBinding(this.#socket);
  }

  get hasMore(): boolean {
    return this.#lines.waitingBytes > 0;
  }

  say(line: string): void {
    // Whatever a line holds, it is one.
    this.#out += `${line.replaceAll(/[\u0000-\u001f\u007f]/g, '?')}\r\n`;
    if (this.#out.length > sayMaxBytes) this.#flush();
  }

  async send(bytes: Buffer): Promise<void> {
    this.#flush();
    this.#isMidAnswer = true;
    if (this.#isOver) throw new ConnectionGone();
    if (!this.#socket.write(bytes)) await this.#drained();
  }

  async readLine(): Promise<string | undefined> {
    for (;;) {
      if (this.#isOver) return undefined;
      // Whoever asks and asks and does not read the answers is not asked for more.
      if (this.#isBehind) {
        await this.#waitFor(() => undefined);
        continue;
      }
      const isIn = this.session.account !== undefined;
      const step = this.#lines.next(isIn ? commandMaxBytes : exchangeMaxBytes);
      if (step.kind === 'line') return step.text;
      if (step.kind === 'too-long') {
        this.say('-ERR The line is too long');
        this.end();
        return undefined;
      }
      if (this.#isInputOver) return undefined;
      this.#flush();
      await this.#waitFor(() => this.#socket.resume());
    }
  }

  async startTls(): Promise<void> {
    const { tls } = this.#server;
    if (tls === undefined) return;
    this.#flush();
    const below = this.#socket;
    below.removeAllListeners('data').removeAllListeners('end');
    // RFC 2595 §4: what came in clear text is not read as if it came through TLS.
    this.#lines.clear();
    const { secure, isDone } = beginTls(below, tls());
    this.#socket = secure;
    this.#phase = 'handshake';
    if (!(await isDone)) throw new ConnectionGone();
    this.#phase = 'talking';
    this.#watch(secure);
  }

  end(): void {
    if (this.#isOver) return;
    this.#flush();
    this.#isOver = true;
    this.#phase = 'ending';
    this.#waitingSinceMs = this.#server.clock.monotonicMs();
    this.#socket.removeAllListeners('data');
    this.#socket.resume();
    this.#socket.end();
    this.#wake();
  }

  // What the listener asks for.

  get times(): ConnectionTimes {
    return {
      isIn: this.session.account !== undefined,
      openedMs: this.#openedMs,
      waitingSinceMs: this.#waitingSinceMs,
      phase: this.#phase,
    };
  }

  /** RFC 1939 §3: an inactivity timer that runs out ends the session without a word, and without UPDATE. */
  destroy(): void {
    this.#isOver = true;
    this.#socket.destroy();
    this.#wake();
  }

  /** Ends at once between two commands, else behind the one in hand. */
  beginStop(): void {
    if (this.#waitingSinceMs !== undefined) this.end();
    else this.#isInputOver = true;
  }

  /** The whole life; never rejects. `refusal` is said instead of a greeting. */
  async converse(refusal?: string): Promise<void> {
    try {
      if (this.#isOver) return;
      if (this.#server.isImplicitTls === true) await this.startTls();
      if (refusal === undefined) await this.#talk();
      else this.say(`-ERR [SYS/TEMP] ${refusal}`);
    } catch (cause) {
      if (!(cause instanceof ConnectionGone)) this.#fail('', cause);
      this.destroy();
    } finally {
      this.end();
      await this.session.maildrop?.[Symbol.asyncDispose]().catch((cause: unknown) => {
        this.#fail('close', cause);
      });
    }
  }

  async #talk(): Promise<void> {
    this.session.ok(`${this.#server.hostname} POP3`);
    for (;;) {
      const line = await this.readLine();
      if (line === undefined) return;
      await this.#run(line);
    }
  }

  async #run(line: string): Promise<void> {
    const { session } = this;
    const space = line.indexOf(' ');
    const verb = space === -1 ? line : line.slice(0, space);
    const command = findCommand(verb);
    if (command === undefined) return session.complain('Not a command of this server');
    if (!command.allowedIn.includes(session.state))
      return session.complain('Not before, or not after, logging in');
    const rest = space === -1 ? '' : line.slice(space + 1);
    this.#isMidAnswer = false;
    try {
      await command.run(session, command.verb === 'PASS' ? rest : rest.trim());
    } catch (cause) {
      if (cause instanceof ConnectionGone) throw cause;
      this.#fail(command.verb, cause);
      // Half a message must not look like a whole one.
      if (this.#isMidAnswer) throw new ConnectionGone();
      session.no('Something went wrong here; please try again later', 'SYS/TEMP');
    }
  }

  #fail(command: string, cause: unknown): void {
    this.#server.onFailure?.({ command, account: this.session.account, cause });
  }

  #flush(): void {
    if (this.#out === '' || this.#isOver || !this.#socket.writable) return;
    this.#socket.write(this.#out);
    this.#out = '';
  }

  async #drained(): Promise<void> {
    // Lines that come meanwhile wake us as well; they do not make room.
    while (this.#isBehind && !this.#isOver) await this.#waitFor(() => undefined);
    if (this.#isOver || this.#socket.destroyed) throw new ConnectionGone();
  }

  /** The client has not read what was written. */
  get #isBehind(): boolean {
    return this.#socket.writableNeedDrain && !this.#socket.destroyed;
  }

  /** The client's turn. */
  async #waitFor(begin: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    this.#waitingSinceMs = this.#server.clock.monotonicMs();
    begin();
    await promise;
    if (this.#phase !== 'ending') this.#waitingSinceMs = undefined;
  }

  #watch(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#lines.push(chunk);
      if (this.#lines.waitingBytes > aheadMaxBytes) socket.pause();
      this.#wake();
    });
    socket.on('drain', () => this.#wake());
    socket.once('end', () => {
      this.#isInputOver = true;
      this.#wake();
    });
    // The other side going away is no failure of ours; "close" follows.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#isOver = true;
      this.#wake();
    });
  }
}
