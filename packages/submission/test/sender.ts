// A mail program on one connection (465), from an address of one's choice: says line by line what a test wants said.
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { password } from './submission-site.ts';

export interface SenderOptions {
  readonly port: number;
  readonly account: string;
  /** Where it is: anything of 127.0.0.0/8. */
  readonly localAddress?: string;
  readonly helo?: string;
}

export interface Letter {
  readonly to: readonly string[];
  readonly program?: string;
}

export class Sender implements AsyncDisposable {
  readonly #socket: TLSSocket;
  readonly #account: string;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: TLSSocket, account: string) {
    this.#socket = socket;
    this.#account = account;
    this.#lines = repliesOf(socket);
  }

  /** Connected and logged in. */
  static async open({
    port,
    account,
    localAddress,
    helo = 'laptop',
  }: SenderOptions): Promise<Sender> {
    const socket = connect({
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      ...(localAddress !== undefined && { localAddress }),
    });
    await once(socket, 'secureConnect');
    const sender = new Sender(socket, account);
    await sender.#reply();
    await sender.say(`EHLO ${helo}`);
    const plain = Buffer.from(`\0${account}\0${password}`).toString('base64');
    const answer = await sender.say(`AUTH PLAIN ${plain}`);
    if (!answer.startsWith('235')) throw new Error(answer);
    return sender;
  }

  async say(line: string): Promise<string> {
    this.#socket.write(`${line}\r\n`);
    return this.#reply();
  }

  /** The first answer that is a refusal, or the last one. */
  async send({ to, program }: Letter): Promise<string> {
    const mail = await this.say(`MAIL FROM:<${this.#account}>`);
    if (!mail.startsWith('250')) return mail;
    for (const recipient of to) {
      const answer = await this.say(`RCPT TO:<${recipient}>`);
      if (!answer.startsWith('250')) return answer;
    }
    const data = await this.say('DATA');
    if (!data.startsWith('354')) return data;
    const fields = program === undefined ? '' : `User-Agent: ${program}\r\n`;
    return this.say(`From: <${this.#account}>\r\nSubject: x\r\n${fields}\r\nHello\r\n.`);
  }

  async #reply(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('The server hung up.');
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }
}

/** Last lines of replies. */
async function* repliesOf(socket: TLSSocket): AsyncGenerator<string> {
  let waiting = '';
  for await (const chunk of socket) {
    waiting += String(chunk);
    const lines = waiting.split('\r\n');
    waiting = lines.pop() ?? '';
    for (const line of lines) if (/^\d{3} /.test(line)) yield line;
  }
}
