// One client on one connection: it says, it expects. In an expectation "*" stands for anything.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';

const waitMaxMs = 10_000;

export class Peer implements Disposable {
  #socket: Socket;
  #text = '';
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  static async connect(port: number, { isTls = false } = {}): Promise<Peer> {
    const options = { host: '127.0.0.1', port };
    const socket = isTls ? connectTls({ ...options, rejectUnauthorized: false }) : connect(options);
    await once(socket, isTls ? 'secureConnect' : 'connect');
    return new Peer(socket);
  }

  sends(text: string): void {
    this.#socket.write(text);
  }

  async says(line: string, pattern: string): Promise<string> {
    this.sends(`${line}\r\n`);
    return this.expects(pattern);
  }

  async expects(pattern: string): Promise<string> {
    const found = await this.#until(() => /^[^\r\n]*\r\n/.exec(this.#text)?.[0]);
    const line = this.#cut(found);
    const escaped = pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
    assert.match(line, new RegExp(`^${escaped.join('.*')}$`));
    return line;
  }

  /** The lines of a multi-line answer up to its dot, as they came. */
  async lines(): Promise<string> {
    const found = await this.#until(() => /^(?:[^]*?\r\n)?\.\r\n/.exec(this.#text)?.[0]);
    return this.#cut(found).replace(/(?:^|\r\n)\.$/, '');
  }

  async isHungUpOn(): Promise<void> {
    await this.#until(() => (this.#isClosed ? '' : undefined));
    assert.equal(this.#text, '', 'something was said that nobody expected');
  }

  async startsTls(): Promise<void> {
    await this.says('STLS', '+OK *');
    this.#socket.removeAllListeners();
    const secure = connectTls({ socket: this.#socket, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    this.#socket = secure;
    this.#listen(secure);
  }

  hangUp(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.hangUp();
  }

  #cut(text: string): string {
    this.#text = this.#text.slice(text.length);
    return text.slice(0, -2);
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => (this.#text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.once('close', () => (this.#isClosed = true));
  }

  async #until(look: () => string | undefined): Promise<string> {
    const deadline = performance.now() + waitMaxMs;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      assert.ok(!this.#isClosed, `closed; so far: ${JSON.stringify(this.#text)}`);
      assert.ok(
        performance.now() < deadline,
        `nothing came; so far: ${JSON.stringify(this.#text)}`,
      );
      await pause(2);
    }
  }
}
