// Connections as a site makes them: they answer soon or fail, and keep nothing for later.
import { once } from 'node:events';
import { Redis } from 'ioredis';

export interface Clients extends AsyncDisposable {
  connect(): Promise<Redis>;
}

export function redisClients(port: number): Clients {
  const clients: Redis[] = [];
  return {
    async connect() {
      const client = new Redis({
        host: '127.0.0.1',
        port,
        enableOfflineQueue: false,
        maxRetriesPerRequest: 1,
        commandTimeout: 1500,
        autoResendUnfulfilledCommands: false,
        retryStrategy: () => 50,
        replyMapping: 'legacy',
        protocol: 2,
      });
      client.on('error', () => undefined);
      clients.push(client);
      await once(client, 'ready');
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.disconnect();
    },
  };
}
