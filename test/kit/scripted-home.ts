// A home that misbehaves on purpose: the things no real mail server can be made to do. Loopback only.
import { createServer, type Server, type Socket } from 'node:net';

/** What it does; may be changed while it runs. */
export type Mood =
  /** Behaves. */
  | 'well'
  /** Accepts the connection and never says a word. */
  | 'silent'
  /** 4xx to every command after the greeting. */
  | 'refusing'
  /** Takes the message and cuts the line before the reply; the message is kept. */
  | 'cuts-after-data'
  /** Like well, but every end of data takes a while. */
  | 'slow'
  /** Refuses every recipient for good. */
  | 'unknown-users';

export interface ScriptedHome extends AsyncDisposable {
  readonly endpoint: string;
  mood: Mood;
  /** Every message it took, in order, as raw bytes (dots not unstuffed). */
  readonly taken: readonly string[];
  /** The most connections with a transaction at the same time. */
  readonly busiest: number;
  readonly xforward: readonly string[];
}

const slowMs = 200;

export async function startScriptedHome({
  mood = 'well',
  port = 0,
}: { readonly mood?: Mood; readonly port?: number } = {}): Promise<ScriptedHome> {
  const taken: string[] = [];
  const xforward: string[] = [];
  const sockets = new Set<Socket>();
  const state = { mood, busy: 0, busiest: 0 };

  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    if (state.mood === 'silent') return;
    talk(socket);
  });

  function talk(socket: Socket): void {
    let text = '';
    let isData = false;
    let isThinking = false;
    let isReading = false;
    const go = () => {
      isThinking = false;
      if (!isReading) read();
    };
    socket.write('220 scripted.home.test ESMTP\r\n');
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      read();
    });

    // One thing after the other: while the reply to a message is due, what was pipelined behind it waits (RFC 2920 §3.2).
    function read(): void {
      isReading = true;
      readLines();
      isReading = false;
    }

    function readLines(): void {
      while (!isThinking) {
        if (isData) {
          const end = text.startsWith('.\r\n') ? 0 : text.indexOf('\r\n.\r\n');
          if (end < 0) return;
          const body = text.slice(0, end);
          text = text.slice(end === 0 ? 3 : end + 5);
          isData = false;
          isThinking = true;
          finish(socket, body, go);
          continue;
        }
        const lineEnd = text.indexOf('\r\n');
        if (lineEnd < 0) return;
        const line = text.slice(0, lineEnd);
        text = text.slice(lineEnd + 2);
        isData = answer(socket, line);
      }
    }
  }

  /** True when the body comes next. */
  function answer(socket: Socket, line: string): boolean {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'QUIT') {
      socket.end('221 bye\r\n');
      return false;
    }
    if (verb === 'EHLO') {
      socket.write(
        '250-scripted.home.test\r\n250-PIPELINING\r\n250-XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT\r\n250 8BITMIME\r\n',
      );
      return false;
    }
    if (line.toUpperCase().startsWith('XFORWARD')) xforward.push(line);
    if (state.mood === 'refusing') {
      socket.write('451 4.3.0 not now\r\n');
      return false;
    }
    if (verb === 'RCPT' && state.mood === 'unknown-users') {
      socket.write('550 5.1.1 nobody of that name\r\n');
      return false;
    }
    if (verb === 'DATA') {
      if (state.mood === 'unknown-users') {
        socket.write('503 5.5.1 no recipients\r\n');
        return false;
      }
      state.busy += 1;
      state.busiest = Math.max(state.busiest, state.busy);
      socket.write('354 go on\r\n');
      return true;
    }
    socket.write('250 ok\r\n');
    return false;
  }

  function finish(socket: Socket, body: string, next: () => void): void {
    taken.push(body);
    const reply = () => {
      state.busy -= 1;
      socket.write('250 2.0.0 taken\r\n');
      next();
    };
    if (state.mood === 'cuts-after-data') {
      state.busy -= 1;
      socket.destroy();
    } else if (state.mood === 'slow') setTimeout(reply, slowMs);
    else reply();
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('The scripted home has no port.');
  return {
    endpoint: `127.0.0.1:${address.port}`,
    get mood() {
      return state.mood;
    },
    set mood(next) {
      state.mood = next;
    },
    taken,
    xforward,
    get busiest() {
      return state.busiest;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
