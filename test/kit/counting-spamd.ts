// A spamd that finds spam where the message says "this is spam", and counts who asked. For stories about what is shown to a scanner, and
// how often; what the real one thinks is in test/interop.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface CountingSpamd extends AsyncDisposable {
  readonly address: string;
  /** Messages it was shown. */
  readonly asked: number;
}

export async function startCountingSpamd({ spamScore = 12 } = {}): Promise<CountingSpamd> {
  const sockets = new Set<Socket>();
  let asked = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.on('close', () => sockets.delete(socket));
    let text = '';
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: ?(\d+)/i.exec(text.slice(0, end))?.[1] ?? Number.NaN);
      if (end < 0 || text.length < end + 4 + length) return;
      asked += 1;
      const isSpam = text.includes('this is spam');
      const rules = isSpam ? 'SAYS_SO' : '';
      socket.end(
        `SPAMD/1.1 0 EX_OK\r\nContent-length: ${rules.length}\r\nSpam: ${isSpam ? 'True' : 'False'} ; ${isSpam ? spamScore : 0} / 5.0\r\n\r\n${rules}`,
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return {
    address: `127.0.0.1:${address.port}`,
    get asked() {
      return asked;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
