// A client that says bytes and reads lines: for what a real client would never do. Deliberately without any of our own parsers.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export class RawClient implements AsyncDisposable {
  socket: Socket;
  received = '';
  isClosed = false;
  #wake: () => void = () => undefined;
  #count = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.listen(socket);
  }

  static async open(port: number, { tls = false } = {}): Promise<RawClient> {
    const socket = tls
      ? connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
      : connect({ host: '127.0.0.1', port });
    const client = new RawClient(socket);
    await once(socket, tls ? 'secureConnect' : 'connect');
    await client.until(/^\* .*\r\n/);
    return client;
  }

  listen(socket: Socket): void {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      this.#wake();
    });
    const end = () => {
      if (socket !== this.socket) return;
      this.isClosed = true;
      this.#wake();
    };
    socket.on('close', end).on('error', end);
  }

  /** After STARTTLS was answered. */
  async startTls(): Promise<void> {
    const below = this.socket;
    below.removeAllListeners('data');
    const tls = connectTls({ socket: below, rejectUnauthorized: false });
    this.listen(tls);
    await once(tls, 'secureConnect');
  }

  write(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Everything up to the end of the first match; it is taken away. */
  async until(pattern: RegExp, deadlineMs = 30_000): Promise<string> {
    const timer = setTimeout(() => this.socket.destroy(), deadlineMs);
    try {
      for (;;) {
        const match = pattern.exec(this.received);
        if (match !== null) {
          const end = match.index + match[0].length;
          const text = this.received.slice(0, end);
          this.received = this.received.slice(end);
          return text;
        }
        if (this.isClosed) {
          throw new Error(`ended before ${pattern}; unread: ${JSON.stringify(this.received)}`);
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Everything that came, up to the end of the connection. */
  async rest(): Promise<string> {
    while (!this.isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.received;
  }

  /** Sends a command and reads up to its tagged line. */
  async say(command: string): Promise<string> {
    this.#count += 1;
    this.write(`t${this.#count} ${command}\r\n`);
    return this.answer();
  }

  /** Up to the tagged line of the last command. */
  async answer(): Promise<string> {
    return this.until(new RegExp(`(?:^|\\r\\n)t${this.#count} (?:OK|NO|BAD)[^\\r\\n]*\\r\\n`));
  }

  async ok(command: string): Promise<string> {
    const answer = await this.say(command);
    if (!/(?:^|\r\n)t\d+ OK[^\r\n]*\r\n$/.test(answer)) throw new Error(`${command}: ${answer}`);
    return answer;
  }

  /** APPEND with a synchronizing literal. */
  async append(mailbox: string, message: string, options = ''): Promise<string> {
    this.#count += 1;
    this.write(`t${this.#count} APPEND ${mailbox} ${options}{${message.length}}\r\n`);
    const first = await this.until(/^(?:\+|t\d+) [^\r\n]*\r\n|\r\n(?:\+|t\d+) [^\r\n]*\r\n/);
    if (!/(?:^|\r\n)\+ /.test(first)) return first;
    this.write(`${message}\r\n`);
    return this.answer();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    if (!this.isClosed) await once(this.socket, 'close');
  }
}
