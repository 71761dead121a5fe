// One client on one connection: it says, it expects. In an expectation "*" stands for anything.
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';

const waitMaxMs = 5_000;

export class Peer {
  #socket: Socket;
  #text = '';
  #isClosed = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  static async connect(port: number): Promise<Peer> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Peer(socket);
  }

  /** The next reply, all its lines, looks like this. */
  async expects(pattern: string): Promise<string> {
    const reply = await this.reply();
    const expected = pattern.split('*').map(escape).join('[^]*');
    assert.match(reply, new RegExp(`^${expected}$`), `expected ${pattern}, got ${reply}`);
    return reply;
  }

  async says(line: string, pattern: string): Promise<string> {
    this.sends(`${line}\r\n`);
    return this.expects(pattern);
  }

  sends(bytes: string | Buffer): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
  }

  /** Past the greeting and EHLO. */
  async greets(): Promise<string> {
    await this.expects('220 *');
    return this.says('EHLO client.example.test', '250*');
  }

  /** One whole message with this body, dots as they are; ends in the reply. */
  async delivers(body: string, pattern: string): Promise<string> {
    await this.says('MAIL FROM:<from@far.example.test>', '250 2.1.0 *');
    await this.says('RCPT TO:<ana@home.example.test>', '250 2.1.5 *');
    await this.says('DATA', '354 *');
    this.sends(`${body}\r\n.\r\n`);
    return this.expects(pattern);
  }

  async reply(): Promise<string> {
    const found = await this.#until(() =>
      /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r\n/.exec(this.#text),
    );
    assert.ok(found, `the connection was closed; left: ${JSON.stringify(this.#text)}`);
    this.#text = this.#text.slice(found[0].length);
    return found[0].trimEnd().replaceAll('\r\n', '\n');
  }

  /** The other side closes, saying nothing more. */
  async isHungUpOn(): Promise<void> {
    await this.#until(() => (this.#isClosed ? true : undefined));
    assert.equal(this.#text, '', 'something was said that nobody expected');
    assert.ok(this.#isClosed, 'the connection is still open');
  }

  /** Nothing unread came so far. */
  get hasSilence(): boolean {
    return this.#text === '';
  }

  async startsTls(options: ConnectionOptions = {}): Promise<TLSSocket> {
    await this.says('STARTTLS', '220 2.0.0 *');
    return this.handshakes(options);
  }

  async handshakes(options: ConnectionOptions = {}): Promise<TLSSocket> {
    this.#socket.removeAllListeners();
    const socket = connectTls({ socket: this.#socket, rejectUnauthorized: false, ...options });
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed in the handshake')));
    });
    socket.removeAllListeners('error');
    this.#socket = socket;
    this.#listen(socket);
    return socket;
  }

  /** Closes our side only; replies still come. */
  finishes(): void {
    this.#socket.end();
  }

  /** Reads no more. */
  pauses(): void {
    this.#socket.pause();
  }

  /** What the operating system has not taken from us. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  hangUp(): void {
    this.#socket.destroy();
  }

  /** Without a word: a reset, not an end. */
  breaksOff(): void {
    this.#socket.resetAndDestroy();
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('utf8');
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  async #until<T>(look: () => T | undefined | null): Promise<T | undefined> {
    const deadline = performance.now() + waitMaxMs;
    for (;;) {
      const found = look();
      if (found) return found;
      if (this.#isClosed) return undefined;
      const leftMs = deadline - performance.now();
      assert.ok(leftMs > 0, `nothing came; so far: ${JSON.stringify(this.#text)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
