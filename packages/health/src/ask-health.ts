// Asks a Restante peer how it is: GET /v1/health of its site API, over HTTPS with certificates of the cluster's CA on both sides.
//
// What comes back is from outside this process: its shape is checked and its size bounded.
import { Agent, request } from 'undici';
import type { AskHealth } from './prober.ts';
import type { PeerLoad } from './peer-health.ts';

export interface AskHealthOptions {
  /** Where the site API is now, "https://192.0.2.7:8443"; looks the name up. */
  readonly origin: () => Promise<string>;
  /** The name its certificate must carry. */
  readonly serverName: string;
  /** PEM: the cluster's CA, our site's certificate and key. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly timeoutMs: number;
}

const answerMaxBytes = 64 * 1024;

export function createAskHealth(options: AskHealthOptions): {
  readonly ask: AskHealth;
  close(): Promise<void>;
} {
  const { origin, serverName, ca, cert, key, timeoutMs } = options;
  const agent = new Agent({
    connect: {
      ca,
      cert,
      key,
      servername: serverName,
      timeout: timeoutMs,
      rejectUnauthorized: true,
    },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: answerMaxBytes,
    // No keep-alive: each probe finds out whether a new connection is possible.
    pipelining: 0,
    allowH2: false,
  });
  return {
    async ask(signal) {
      const { statusCode, body } = await request(`${await origin()}/v1/health`, {
        dispatcher: agent,
        signal,
      });
      if (statusCode !== 200) {
        await body.dump();
        throw new Error(`Its site API answered ${statusCode}.`);
      }
      return readLoad(await body.json());
    },
    close: () => agent.destroy(),
  };
}

function readLoad(answer: unknown): PeerLoad {
  const fields =
    typeof answer === 'object' && answer !== null
      ? (answer as Readonly<Record<string, unknown>>)
      : {};
  const { queueDepth, diskFreeBytes, acceptLatencyMs, isAccepting } = fields;
  if (
    !isAmount(queueDepth) ||
    !isAmount(diskFreeBytes) ||
    !isAmount(acceptLatencyMs) ||
    typeof isAccepting !== 'boolean'
  ) {
    throw new Error('Its site API answered something that is not the health of a site.');
  }
  return { queueDepth, diskFreeBytes, acceptLatencyMs, isAccepting };
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
