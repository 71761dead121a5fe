// The listening socket and everybody on it: who is let in, who has waited too long, and the end.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { withinDeadline } from '@restante/runtime';
import type { Pop3Server, Pop3ServerOptions } from '../pop3-server.ts';
import { networkOf } from './network-of.ts';
import { isOverdue, sweepIntervalMs } from './deadlines.ts';
import { Pop3Connection } from './pop3-connection.ts';

// Sessions beyond the limit that may still be told so; what comes above is dropped by the operating system's hand.
const refusalsAtOnceMax = 100;

export async function createPop3Server(options: Pop3ServerOptions): Promise<Pop3Server> {
  const { name, limits, clock, onEvent } = options;
  if (options.isImplicitTls === true && options.tls === undefined) {
    throw new Error(`The listener ${name} speaks TLS from the start and needs a certificate.`);
  }
  const connections = new Map<Pop3Connection, Promise<void>>();
  const perAddress = new Map<string, number>();
  const stopped = new AbortController();
  // A client may close its side behind its last command and still wants the answers.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => admit(socket));
  server.maxConnections = limits.connectionsMax + refusalsAtOnceMax;

  const refusalOf = (ofAddress: number): readonly [reason: string, text: string] | undefined => {
    if (stopped.signal.aborted) return ['stopping', 'The server is stopping'];
    if (connections.size >= limits.connectionsMax)
      return ['too-many-sessions', 'Too many connections; try again later'];
    return ofAddress > limits.connectionsPerAddressMax
      ? ['too-many-sessions-of-address', 'Too many connections from your address']
      : undefined;
  };
  const admit = (socket: Socket) => {
    const connection = new Pop3Connection(socket, options);
    const { remoteAddress: clientAddress } = connection;
    const network = networkOf(clientAddress);
    const ofAddress = (perAddress.get(network) ?? 0) + 1;
    const refusal = refusalOf(ofAddress);
    const openedMs = clock.monotonicMs();
    perAddress.set(network, ofAddress);
    if (refusal === undefined) onEvent({ name: 'session.opened', listener: name, clientAddress });
    else onEvent({ name: 'session.refused', listener: name, clientAddress, reason: refusal[0] });
    // Nothing can be said to a client that waits for a handshake, and making one only to refuse it costs too much.
    if (refusal !== undefined && options.isImplicitTls === true) connection.destroy();
    const life = Promise.all([connection.converse(refusal?.[1]), closed(socket)]).then(() => {
      connections.delete(connection);
      const left = (perAddress.get(network) ?? 1) - 1;
      if (left > 0) perAddress.set(network, left);
      else perAddress.delete(network);
      if (refusal !== undefined) return;
      const durationMs = clock.monotonicMs() - openedMs;
      onEvent({ name: 'session.closed', listener: name, clientAddress, durationMs });
    });
    connections.set(connection, life);
  };
  const sweep = async () => {
    while (!stopped.signal.aborted) {
      try {
        await clock.sleep(sweepIntervalMs(limits), stopped.signal);
      } catch {
        // Only stop() ends the sleep early.
      }
      for (const connection of connections.keys()) {
        if (isOverdue(connection.times, limits, clock.monotonicMs())) connection.destroy();
      }
    }
  };

  server.listen(options.listen.port, options.listen.host);
  await once(server, 'listening');
  // What goes wrong with the listener later (EMFILE ...) must not take the process.
  server.on('error', (cause) =>
    options.onFailure?.({ command: 'listen', account: undefined, cause }),
  );
  void sweep();
  return {
    port: (server.address() as AddressInfo).port,
    get sessions() {
      return connections.size;
    },
    async stop(deadlineMs) {
      stopped.abort();
      server.close();
      for (const connection of connections.keys()) connection.beginStop();
      const isOver = Promise.all(connections.values());
      if (await withinDeadline(isOver, deadlineMs)) return;
      for (const connection of connections.keys()) connection.destroy();
      await isOver;
    },
  };
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}
