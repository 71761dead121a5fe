// Just enough IMAP to measure a server: one command at a time, time until its tagged answer, bytes counted and thrown away.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Answer {
  readonly durationMs: number;
  readonly bytes: number;
  /** The end of it: untagged answers of a SEARCH, the tagged line. */
  readonly tail: string;
}

const tailMaxBytes = 64 * 1024;

export class ImapClient implements Disposable {
  readonly #socket: Socket;
  #commands = 0;
  #waiting: { readonly isEnd: (tail: string) => boolean; readonly done: () => void } | undefined;
  #bytes = 0;
  #tail = '';
  #failure: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('close', () => this.#fail(new Error(`The server hung up: ${this.#tail}`)));
    socket.on('error', (failure) => this.#fail(failure));
  }

  static async open(
    endpoint: string,
    { isTls = false }: { readonly isTls?: boolean } = {},
  ): Promise<ImapClient> {
    const [host = '', portText] = endpoint.split(':');
    const port = Number(portText);
    const socket = isTls
      ? connectTls({ host, port, rejectUnauthorized: false })
      : connect(port, host);
    const client = new ImapClient(socket);
    await once(socket, isTls ? 'secureConnect' : 'connect');
    await client.#until((tail) => tail.endsWith('\r\n'));
    return client;
  }

  /** Throws when the answer is not OK. */
  async say(command: string): Promise<Answer> {
    this.#commands += 1;
    const tag = `b${this.#commands}`;
    const startedMs = performance.now();
    this.#begin();
    this.#socket.write(`${tag} ${command}\r\n`);
    const end = new RegExp(String.raw`(?:^|\r\n)${tag} [^\r]*\r\n$`);
    await this.#until((tail) => end.test(tail.slice(-1000)));
    const durationMs = performance.now() - startedMs;
    if (!new RegExp(String.raw`(?:^|\r\n)${tag} OK`).test(this.#tail))
      throw new Error(`${command}: ${this.#tail.slice(-300)}`);
    return { durationMs, bytes: this.#bytes, tail: this.#tail };
  }

  async idle(): Promise<void> {
    this.#begin();
    this.#socket.write('i IDLE\r\n');
    await this.#until((tail) => /^\+ [^\r]*\r\n/m.test(tail));
  }

  [Symbol.dispose](): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #begin(): void {
    this.#bytes = 0;
    this.#tail = '';
  }

  async #until(isEnd: (tail: string) => boolean): Promise<void> {
    this.#mustWork();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting = { isEnd, done: resolve };
    this.#look();
    await promise;
    this.#mustWork();
  }

  #mustWork(): void {
    if (this.#failure instanceof Error) throw this.#failure;
  }

  #take(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#tail = (this.#tail + chunk.toString('latin1')).slice(-tailMaxBytes);
    this.#look();
  }

  #look(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || !waiting.isEnd(this.#tail)) return;
    this.#waiting = undefined;
    waiting.done();
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    this.#waiting?.done();
    this.#waiting = undefined;
  }
}
