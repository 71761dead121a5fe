// A stranger's SMTP client for tests: a raw socket, one line out, one reply in. Deliberately not our own client.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

export interface Reply {
  readonly code: number;
  readonly text: string;
}

export interface DialogueOptions {
  readonly greeting?: boolean;
  /** Where the stranger is: 127.0.0.x. */
  readonly localAddress?: string;
}

export class Dialogue implements AsyncDisposable {
  readonly #socket: Socket;
  #received = '';
  #isClosed = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
      this.#wake();
    });
    const end = () => {
      this.#isClosed = true;
      this.#wake();
    };
    socket.on('close', end).on('error', end);
  }

  /** Connects and reads the greeting. */
  static async open(
    endpoint: string,
    { greeting = true, localAddress }: DialogueOptions = {},
  ): Promise<Dialogue> {
    const [host = '127.0.0.1', port] = endpoint.split(':');
    const socket = connect({
      host,
      port: Number(port),
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    await once(socket, 'connect');
    const dialogue = new Dialogue(socket);
    if (greeting) await dialogue.reply();
    return dialogue;
  }

  /** The same connection with TLS on top; this one is not to be used any more. */
  async upgraded(wrap: (socket: Socket) => TLSSocket): Promise<Dialogue> {
    this.#socket.removeAllListeners('data');
    const socket = wrap(this.#socket);
    await once(socket, 'secureConnect');
    return new Dialogue(socket);
  }

  /** The next whole reply; an error when the connection ends first. */
  async reply(deadlineMs = 30_000): Promise<Reply> {
    const timer = setTimeout(() => this.#socket.destroy(new Error('no reply in time')), deadlineMs);
    try {
      for (;;) {
        const match = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n/.exec(this.#received);
        if (match !== null) {
          this.#received = this.#received.slice(match[0].length);
          return { code: Number(match[1]), text: match[0].trim() };
        }
        if (this.#isClosed)
          throw new Error(
            `The connection ended before a reply; unread: ${JSON.stringify(this.#received)}`,
          );
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  write(text: string | Buffer): void {
    this.#socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  async say(line: string): Promise<Reply> {
    this.write(`${line}\r\n`);
    return this.reply();
  }

  /** One whole transaction; the codes of MAIL, every RCPT, DATA and the end, as far as it came. */
  async send({ from, to, data }: Letter): Promise<readonly Reply[]> {
    const replies = [await this.say(`MAIL FROM:<${from}>`)];
    for (const address of to) replies.push(await this.say(`RCPT TO:<${address}>`));
    replies.push(await this.say('DATA'));
    if (replies.at(-1)?.code !== 354) return replies;
    this.write(`${data.replaceAll(/^\./gm, '..')}\r\n.\r\n`);
    replies.push(await this.reply());
    return replies;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Cuts the line without a word. */
  cut(): void {
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#socket.end('QUIT\r\n');
    const timer = setTimeout(() => this.#socket.destroy(), 1000);
    await once(this.#socket, 'close');
    clearTimeout(timer);
  }
}

export interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  /** Lines end in CRLF; no dot-stuffing yet, no final CRLF needed. */
  readonly data: string;
}

/** Greets and sends one letter over a connection of its own; answers with the last reply. */
export async function sendLetter(endpoint: string, letter: Letter): Promise<Reply> {
  await using dialogue = await Dialogue.open(endpoint);
  await dialogue.say('EHLO stranger.test');
  return (await dialogue.send(letter)).at(-1) ?? { code: 0, text: '' };
}

/** A letter that can be told from all others, 4 KiB unless asked otherwise. */
export function numberedLetter(
  number: number | string,
  {
    from,
    to,
    sizeBytes = 4096,
  }: { readonly from: string; readonly to: string; readonly sizeBytes?: number },
): Letter {
  const head = [
    `From: <${from}>`,
    `To: <${to}>`,
    `Subject: letter ${number}`,
    `Message-ID: <${number}@stranger.test>`,
    'Date: Sun, 22 Nov 2026 12:00:00 +0000',
    `X-Number: ${number}`,
    '',
  ].join('\r\n');
  const line = `${String(number).padEnd(20, '.')}${'x'.repeat(50)}`;
  const lines = Math.max(1, Math.floor((sizeBytes - head.length) / (line.length + 2)));
  return {
    from,
    to: [to],
    data: `${head}\r\n${Array.from({ length: lines }, () => line).join('\r\n')}`,
  };
}
