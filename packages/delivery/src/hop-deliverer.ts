// Delivers to a fixed next hop: another site of the cluster, or a home that is a plain SMTP or LMTP host.
import { connectSmtp } from '@restante/smtp';
import type { ConnectSmtp, SmtpTarget } from '@restante/smtp';
import { attemptThroughPool } from './attempt-through-pool.ts';
import type { OnResult, TransactionExtras } from './attempt-through-pool.ts';
import { connectToFirst } from './connect-to-first.ts';
import type { Deliverer } from './deliverer.ts';
import type { MessageToDeliver } from './message-to-deliver.ts';
import { createSmtpPool } from './smtp-pool.ts';
import type { SmtpPoolOptions, SmtpPoolStats } from './smtp-pool.ts';

export interface HopDelivererOptions {
  /** Where the next hop may be reached, best first; asked for every connection. */
  targets(): Promise<readonly SmtpTarget[]>;
  readonly pool: Omit<SmtpPoolOptions, 'connect'>;
  transactionExtras?(message: MessageToDeliver): TransactionExtras;
  readonly onResult?: OnResult;
  /** The next hop is a site of our own cluster. */
  readonly isPeer?: boolean;
  /** For tests. */
  readonly connect?: ConnectSmtp;
}

export interface HopDeliverer extends Deliverer {
  /** Connections at the same time, from now on. */
  setLimit(limit: number): void;
  readonly stats: SmtpPoolStats;
}

export function createHopDeliverer(options: HopDelivererOptions): HopDeliverer {
  const { targets, connect = connectSmtp } = options;
  const pool = createSmtpPool({
    ...options.pool,
    connect: async (signal) => connectToFirst({ targets: await targets(), connect, signal }),
  });
  return {
    attempt: (message, signal) => {
      const extras = options.transactionExtras?.(message) ?? {};
      return attemptThroughPool({
        pool,
        message,
        recipients: message.recipients,
        signal,
        extras,
        onResult: options.onResult,
        isPeer: options.isPeer === true,
        elsewhere: async (lost) => {
          const others = (await targets()).filter(({ address }) => address !== lost);
          return connectToFirst({ targets: others, connect, signal });
        },
      });
    },
    setLimit: (limit) => pool.setLimit(limit),
    get stats() {
      return pool.stats;
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}
