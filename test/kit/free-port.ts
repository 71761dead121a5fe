// Ports for the servers that tests start: chosen now, listened on a moment later by another program.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

// Below what the system gives to outgoing connections and to whoever listens on port 0 (Linux: from 32768 on): the tests beside this
// one are not given it between the asking and the using.
const quietFrom = 10_000;
const quietBelow = 32_000;

/** A port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(quietFrom, quietBelow);
    const server = createServer();
    server.listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
