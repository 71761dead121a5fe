// What no real scanner can be made to do: hang, trickle, lie, hang up. Counts who came.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface BrokenScanner extends AsyncDisposable {
  readonly address: string;
  /** Connections so far. */
  readonly visits: number;
  /** From now on it behaves like this. */
  become(behaviour: (socket: Socket) => void): void;
}

export async function brokenScanner(behaviour: (socket: Socket) => void): Promise<BrokenScanner> {
  const sockets = new Set<Socket>();
  const now = { behaviour, visits: 0 };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    now.visits += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    now.behaviour(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get visits() {
      return now.visits;
    },
    become: (other) => void (now.behaviour = other),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Reads all and never says a word. */
export const silent = (socket: Socket): void => void socket.resume();
/** Takes nothing off its hands and never says a word. */
export const stuck = (socket: Socket): void => void socket.pause();
export const resets = (socket: Socket): void =>
  void socket.once('data', () => socket.resetAndDestroy());
export const hangsUp = (socket: Socket): void => void socket.resume().end();
export const says =
  (text: string) =>
  (socket: Socket): void =>
    void socket.resume().end(text);
/** One byte after the other, without an end. */
export const trickles =
  (text: string) =>
  (socket: Socket): void => {
    let at = 0;
    const timer = setInterval(() => socket.write(text.charAt(at++ % text.length)), 5);
    socket.resume().on('close', () => clearInterval(timer));
  };
/** As fast as it can, without an end. */
export const floods = (socket: Socket): void => {
  const more = () => {
    while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x')));
  };
  socket.resume().on('drain', more);
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n');
  more();
};
