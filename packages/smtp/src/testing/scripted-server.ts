// A mail server that says exactly what a test tells it to, octet by octet: for the things a real one cannot be made to do.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ScriptedPeer {
  readonly socket: Socket;
  /** Sends the text; CRLF is added to each line. */
  says(...lines: readonly string[]): void;
  sends(raw: string): void;
  /** The next line, without CRLF. */
  line(): Promise<string>;
  /** Lines until one begins with the text, that one included. */
  until(start: string): Promise<readonly string[]>;
  /** Raw octets up to and including the mark. */
  through(mark: string): Promise<string>;
  bytes(count: number): Promise<string>;
  /** What has arrived and was not read. */
  readonly unread: string;
  /** 220, then the answer to EHLO with these keywords. */
  welcomes(...keywords: readonly string[]): Promise<void>;
  drops(): void;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  /** What went wrong in a script; a test looks at it when it wonders. */
  readonly problems: readonly unknown[];
}

export async function startScriptedServer(
  script: (peer: ScriptedPeer, connection: number) => Promise<void>,
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const problems: unknown[] = [];
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    script(peerOn(socket), connections).catch((problem: unknown) => problems.push(problem));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    problems,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function peerOn(socket: Socket): ScriptedPeer {
  let unread = '';
  let isEnded = false;
  let wake = () => {};
  socket.on('data', (chunk) => {
    unread += chunk.toString('latin1');
    wake();
  });
  socket.on('close', () => {
    isEnded = true;
    wake();
  });
  const take = async (find: () => number): Promise<string> => {
    for (;;) {
      const end = find();
      if (end >= 0) {
        const taken = unread.slice(0, end);
        unread = unread.slice(end);
        return taken;
      }
      if (isEnded) throw new Error('the client is gone');
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const through = (mark: string) => {
    let searched = 0;
    return take(() => {
      const at = unread.indexOf(mark, searched);
      searched = Math.max(0, unread.length - mark.length);
      return at < 0 ? -1 : at + mark.length;
    });
  };
  const peer: ScriptedPeer = {
    socket,
    get unread() {
      return unread;
    },
    says: (...lines) => void socket.write(lines.map((line) => `${line}\r\n`).join('')),
    sends: (raw) => void socket.write(raw, 'latin1'),
    line: async () => (await through('\r\n')).slice(0, -2),
    async until(start) {
      const lines: string[] = [];
      for (;;) {
        const line = await peer.line();
        lines.push(line);
        if (line.startsWith(start)) return lines;
      }
    },
    through,
    bytes: (count) => take(() => (unread.length >= count ? count : -1)),
    async welcomes(...keywords) {
      peer.says('220 scripted.example.test ESMTP');
      await peer.line();
      const all = ['scripted.example.test', ...keywords];
      peer.says(...all.map((word, index) => `250${index === all.length - 1 ? ' ' : '-'}${word}`));
    },
    drops: () => socket.resetAndDestroy(),
  };
  return peer;
}

/** Polls until it is so; fails after the deadline with the sentence. */
export async function eventually(
  isSo: () => boolean,
  sentence: string,
  deadlineMs = 5_000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`It did not come about that ${sentence}.`);
    await sleep(5);
  }
}
