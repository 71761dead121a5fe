// The two kinds of connection to Redis. Everything else in this package is handed one of them.
//
// - producer: fails fast. Somebody with mail in hand is waiting; not knowing within two seconds is worse than "away".
//   Nothing is queued while away and nothing is sent again after a break: the spool knows better what is needed by then.
// - worker: never gives up. Nobody waits for it, so it keeps its commands until Redis is back.
// Both notice a silent death (no RST, no answer) by a socket timeout instead of TCP's quarter of an hour.
import { Cluster, Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import type { RedisTarget } from './redis-url.ts';

export type RedisClient = Redis | Cluster;

const commandTimeoutMs = 1500;
const connectTimeoutMs = 1500;
const producerSilenceMs = 5000;
/** Longer than a worker's longest blocking read (10 s). */
const workerSilenceMs = 15_000;

export function connectProducer(target: RedisTarget): RedisClient {
  return connect(target, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    autoResendUnfulfilledCommands: false,
    commandTimeout: commandTimeoutMs,
    socketTimeout: producerSilenceMs,
  });
}

export function connectWorker(target: RedisTarget): RedisClient {
  // BullMQ demands null here: a blocking read must survive any number of reconnects.
  return connect(target, { maxRetriesPerRequest: null, socketTimeout: workerSilenceMs });
}

/** Answers in the shapes of RESP2; without it the constructor's types do not accept the rest. */
type ClientOptions = RedisOptions & { readonly replyMapping: 'legacy' };

function connect(target: RedisTarget, special: RedisOptions): RedisClient {
  const options: ClientOptions = {
    ...special,
    replyMapping: 'legacy',
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.tls ? { tls: {} } : {}),
    db: target.database,
    connectTimeout: connectTimeoutMs,
    retryStrategy: reconnectDelayMs,
    // RESP2 is understood by every server and proxy; we use nothing that only RESP3 has.
    protocol: 2,
  };
  const [first] = target.nodes;
  const client = open(target, first, options);
  // Without a listener an error event would end the process; state and causes are reported by watch-reachability.ts.
  client.on('error', () => undefined);
  return client;
}

function open(
  target: RedisTarget,
  first: { readonly host: string; readonly port: number },
  options: ClientOptions,
): RedisClient {
  const nodes = target.nodes.map(({ host, port }) => ({ host, port }));
  switch (target.kind) {
    case 'cluster': {
      // The connections to the nodes open on their first command, so only the cluster as a whole can refuse to queue.
      const { enableOfflineQueue = true, ...redisOptions } = options;
      return new Cluster(nodes, {
        redisOptions,
        enableOfflineQueue,
        clusterRetryStrategy: reconnectDelayMs,
      });
    }
    case 'sentinel':
      return new Redis({
        ...options,
        sentinels: nodes,
        name: target.masterName ?? 'mymaster',
        sentinelRetryStrategy: reconnectDelayMs,
      });
    case 'single':
      return new Redis({ ...options, host: first.host, port: first.port });
  }
}

/** Quick at first, because most breaks are restarts; never slower than a second, because a drain may be waiting. */
function reconnectDelayMs(times: number): number {
  return Math.min(50 * 2 ** Math.min(times - 1, 5), 1000) * (0.8 + 0.4 * Math.random());
}
