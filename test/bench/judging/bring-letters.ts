// Strangers who bring letters that were written before: one line out, one reply in, nothing pipelined, each session from an address of
// its own. A process of its own, so that its time is not the candidate's. Prints messages a second.
//
//   node bring-letters.ts HOST:PORT MESSAGES SESSIONS A_CONNECTION FILE
//
// A_CONNECTION: letters before a session hangs up and comes back. FILE: {"from", "to", "helo", "addresses", "letters"}, as JSON.
// Each letter gets a Received field of its own on top, which nobody signs: the same bytes again would be the same letter (RFC 1047).
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';

export interface Bundle {
  readonly from: string;
  readonly to: string;
  readonly helo: string;
  /** Where the sessions come from, in turn. */
  readonly addresses: readonly string[];
  /** Whole, CRLF ended, no line begins with a dot. */
  readonly letters: readonly string[];
}

const [endpoint = '', messages = '0', sessions = '1', perConnection = '1', file = ''] =
  process.argv.slice(2);
const [host = '', port = ''] = endpoint.split(':');
const { from, to, helo, addresses, letters } = JSON.parse(await readFile(file, 'utf8')) as Bundle;
const bodies = letters.map((letter) => Buffer.from(`${letter}.\r\n`, 'latin1'));
const run = process.pid.toString(36);
let begun = 0;

class Session {
  readonly #socket: Socket;
  #reply = '';
  #heard = Promise.withResolvers<string>();

  constructor(socket: Socket) {
    this.#socket = socket.setEncoding('latin1').setNoDelay(true);
    const gone = () => this.#heard.reject(new Error(`${endpoint} hung up: ${this.#reply}`));
    socket.on('close', gone).on('error', gone);
    socket.on('data', (text: string) => {
      this.#reply += text;
      // RFC 5321 §4.2.1: the last line has a blank after the code.
      if (!/(?:^|\n)\d{3} [^\n]*\n$/.test(this.#reply)) return;
      const { resolve } = this.#heard;
      const whole = this.#reply;
      this.#reply = '';
      this.#heard = Promise.withResolvers<string>();
      this.#heard.promise.catch(() => undefined);
      resolve(whole);
    });
    this.#heard.promise.catch(() => undefined);
  }

  async hears(code: string): Promise<void> {
    const reply = await this.#heard.promise;
    if (!reply.startsWith(code)) throw new Error(`${endpoint} answered ${reply}`);
  }

  says(line: string): void {
    this.#socket.write(line, 'latin1');
  }

  brings(number: number): void {
    this.#socket.cork();
    this.says(
      `Received: from [192.0.2.1] by ${helo} with ESMTP id ${run}-${number};\r\n\tSun, 22 Nov 2026 12:00:00 +0000\r\n`,
    );
    this.#socket.write(bodies[number % bodies.length] ?? '');
    this.#socket.uncork();
  }

  async end(): Promise<void> {
    this.says('QUIT\r\n');
    await once(this.#socket, 'close');
  }
}

async function bring(localAddress: string): Promise<void> {
  const session = new Session(connect({ host, port: Number(port), localAddress }));
  await session.hears('220');
  session.says(`EHLO ${helo}\r\n`);
  await session.hears('250');
  for (let count = 0; count < Number(perConnection) && begun < Number(messages); count += 1) {
    const number = begun;
    begun += 1;
    session.says(`MAIL FROM:<${from}>\r\n`);
    await session.hears('250');
    session.says(`RCPT TO:<${to}>\r\n`);
    await session.hears('250');
    session.says('DATA\r\n');
    await session.hears('354');
    session.brings(number);
    await session.hears('250');
  }
  await session.end();
}

const startedMs = performance.now();
await Promise.all(
  Array.from({ length: Number(sessions) }, async (_, index) => {
    while (begun < Number(messages)) await bring(addresses[index % addresses.length] ?? host);
  }),
);
process.stdout.write(`${Number(messages) / ((performance.now() - startedMs) / 1000)}\n`);
