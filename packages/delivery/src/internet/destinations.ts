// A pool of connections for each domain there is mail for, for as long as there is.
import type { Clock } from '@restante/runtime';
import { createSmtpPool } from '../smtp-pool.ts';
import type { SmtpPool, SmtpPoolOptions } from '../smtp-pool.ts';
import type { OpenSession } from './open-session.ts';

export interface DestinationsOptions {
  readonly open: OpenSession;
  readonly pool: Omit<SmtpPoolOptions, 'connect'>;
  readonly clock: Clock;
}

interface Destination {
  readonly pool: SmtpPool;
  users: number;
  idleSinceMs: number;
}

export class Destinations implements AsyncDisposable {
  readonly #options: DestinationsOptions;
  readonly #destinations = new Map<string, Destination>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: DestinationsOptions) {
    this.#options = options;
    this.#sweeper = setInterval(() => this.#sweep(), options.pool.idleMaxMs);
    this.#sweeper.unref();
  }

  /** The pool stays as long as the work runs, and a little longer. */
  async use<T>(domain: string, work: (pool: SmtpPool) => Promise<T>): Promise<T> {
    const destination = this.#of(domain);
    destination.users += 1;
    try {
      return await work(destination.pool);
    } finally {
      destination.users -= 1;
      destination.idleSinceMs = this.#options.clock.monotonicMs();
    }
  }

  #of(domain: string): Destination {
    const known = this.#destinations.get(domain);
    if (known !== undefined) return known;
    const { open, pool: settings, clock } = this.#options;
    const owner = { yieldIdle: (address: string) => pool.closeIdle(address) };
    const pool = createSmtpPool({
      ...settings,
      connect: (signal) => open({ domain, owner, signal }),
    });
    const destination = { pool, users: 0, idleSinceMs: clock.monotonicMs() };
    this.#destinations.set(domain, destination);
    return destination;
  }

  #sweep(): void {
    const { clock, pool } = this.#options;
    const before = clock.monotonicMs() - 2 * pool.idleMaxMs;
    for (const [domain, destination] of this.#destinations) {
      if (destination.users > 0 || destination.idleSinceMs > before) continue;
      this.#destinations.delete(domain);
      void destination.pool[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweeper);
    const pools = [...this.#destinations.values()].map(({ pool }) => pool);
    await Promise.all(pools.map(async (pool) => pool[Symbol.asyncDispose]()));
  }
}
