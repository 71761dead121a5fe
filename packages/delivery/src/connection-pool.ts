// The pool behind createSmtpPool(); smtp-pool.ts has its promises.
import { systemClock } from '@restante/runtime';
import type { Clock } from '@restante/runtime';
import type { SmtpConnection, Transaction, TransactionResult } from '@restante/smtp';
import type { PoolAnswer, SmtpPool, SmtpPoolOptions, SmtpPoolStats } from './smtp-pool.ts';
import { WaitingLine } from './waiting-line.ts';
import type { Job } from './waiting-line.ts';

export class ConnectionPool implements SmtpPool {
  readonly #options: SmtpPoolOptions;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #waiting = new WaitingLine();
  readonly #connections = new Set<SmtpConnection>();
  /** Being asked whether they still live: not for use. */
  readonly #resting = new Set<SmtpConnection>();
  /** Worn or too many: they end what they have, get nothing more, and go whatever the limit is by then. */
  readonly #leaving = new Set<SmtpConnection>();
  readonly #closing = new Set<Promise<void>>();
  #limit: number;
  #opening = 0;
  #pausedUntilMs = 0;
  #pause: NodeJS.Timeout | undefined;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: SmtpPoolOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#limit = Math.max(1, options.limit);
  }

  get stats(): SmtpPoolStats {
    return {
      connections: this.#connections.size,
      opening: this.#opening,
      waiting: this.#waiting.length,
    };
  }

  setLimit(limit: number): void {
    this.#limit = Math.max(1, Math.trunc(limit));
    for (const connection of this.#connections) {
      if (!this.#isTooMany) break;
      // Those at work leave when they have finished: see #after().
      if (connection.inFlight === 0) this.#retire(connection);
    }
    this.#dispatch();
  }

  closeIdle(address: string): void {
    for (const connection of this.#connections) {
      if (connection.target.address !== address || connection.inFlight > 0) continue;
      return this.#retire(connection);
    }
  }

  send(transaction: Transaction, signal?: AbortSignal): Promise<PoolAnswer> {
    if (this.#stop.signal.aborted || signal?.aborted === true)
      return Promise.resolve({ kind: 'stopped' });
    const { promise, resolve } = Promise.withResolvers<PoolAnswer>();
    const job: Job = { transaction, signal, resolve, hasBeenTried: false };
    this.#waiting.join(job);
    this.#dispatch();
    this.#waiting.watch(job);
    return promise;
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const connection = this.#freeConnection();
      if (connection === undefined) break;
      if (connection.inFlight === 0 && connection.idleMs > (this.#options.staleAfterMs ?? 15_000)) {
        void this.#prove(connection);
        continue;
      }
      const job = this.#waiting.next();
      if (job !== undefined) void this.#run(job, connection);
    }
    this.#openMore();
  }

  /** The least busy one. Second places are given only when no further connection may be opened. */
  #freeConnection(): SmtpConnection | undefined {
    const isFull = this.#connections.size + this.#opening >= this.#limit || this.#isPaused;
    let best: SmtpConnection | undefined;
    for (const connection of this.#connections) {
      if (!connection.isUsable) {
        this.#forget(connection);
        continue;
      }
      if (this.#resting.has(connection) || this.#leaving.has(connection)) continue;
      const { inFlight } = connection;
      if (inFlight >= (isFull ? connection.inFlightMax : 1)) continue;
      if (best === undefined || inFlight < best.inFlight) best = connection;
      if (inFlight === 0) break;
    }
    return best;
  }

  async #run(job: Job, connection: SmtpConnection): Promise<void> {
    const isFirst = connection.messagesSent === 0;
    const result = await connection.send(job.transaction);
    if (!job.hasBeenTried && !isFirst && !connection.isUsable && wasLostBeforeBody(result)) {
      job.hasBeenTried = true;
      this.#waiting.putBack(job);
    } else {
      if (!connection.isUsable && !this.#stop.signal.aborted) this.#pauseOpening();
      job.resolve({ kind: 'tried', result, connection });
    }
    this.#after(connection);
  }

  #after(connection: SmtpConnection): void {
    if (!connection.isUsable) this.#forget(connection);
    const isWorn = connection.messagesSent >= this.#options.messagesMax;
    if (
      this.#connections.has(connection) &&
      (isWorn || this.#isTooMany || this.#stop.signal.aborted)
    )
      this.#leaving.add(connection);
    if (this.#leaving.has(connection) && connection.inFlight === 0) this.#retire(connection);
    this.#dispatchOrYield(connection);
  }

  /** Those that leave already are not counted: one too many is one that goes. */
  get #isTooMany(): boolean {
    return this.#connections.size - this.#leaving.size > this.#limit;
  }

  /** What this connection is not needed for here may be urgent elsewhere. */
  #dispatchOrYield(connection: SmtpConnection): void {
    this.#dispatch();
    const isSpare = connection.inFlight === 0 && this.#connections.has(connection);
    if (isSpare && this.#options.isWanted?.(connection.target.address) === true)
      this.#retire(connection);
  }

  async #prove(connection: SmtpConnection): Promise<void> {
    this.#resting.add(connection);
    const lives = await connection.isAlive();
    this.#resting.delete(connection);
    if (!lives) this.#retire(connection);
    this.#dispatch();
  }

  #forget(connection: SmtpConnection): void {
    this.#connections.delete(connection);
    this.#resting.delete(connection);
    this.#leaving.delete(connection);
  }

  #retire(connection: SmtpConnection): void {
    this.#forget(connection);
    const closed = connection.close().then(
      () => void this.#closing.delete(closed),
      // A connection that cannot even be closed is gone, which is all we wanted.
      () => void this.#closing.delete(closed),
    );
    this.#closing.add(closed);
  }

  #openMore(): void {
    if (this.#isPaused || this.#stop.signal.aborted) return;
    while (
      this.#opening < this.#waiting.length &&
      this.#connections.size + this.#opening < this.#limit
    ) {
      this.#opening += 1;
      void this.#open();
    }
  }

  async #open(): Promise<void> {
    try {
      const connection = await this.#options.connect(this.#stop.signal);
      this.#opening -= 1;
      this.#connections.add(connection);
      if (this.#stop.signal.aborted) this.#retire(connection);
      this.#sweepLater();
      this.#dispatchOrYield(connection);
    } catch (failure) {
      this.#opening -= 1;
      this.#pauseOpening();
      if (this.#connections.size === 0 && this.#opening === 0)
        this.#waiting.answerAll({ kind: 'no-connection', failure });
      this.#dispatch();
    }
  }

  get #isPaused(): boolean {
    return this.#pausedUntilMs > this.#clock.monotonicMs();
  }

  #pauseOpening(): void {
    const pauseMs = this.#options.reconnectPauseMs ?? 0;
    if (pauseMs === 0) return;
    this.#pausedUntilMs = this.#clock.monotonicMs() + pauseMs;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pausedUntilMs = 0;
      this.#dispatch();
    }, pauseMs);
  }

  #sweepLater(): void {
    if (this.#sweeper !== undefined || this.#stop.signal.aborted) return;
    this.#sweeper = setTimeout(
      () => {
        this.#sweeper = undefined;
        for (const connection of this.#connections) {
          const isIdle = connection.inFlight === 0 && connection.idleMs >= this.#options.idleMaxMs;
          if (!connection.isUsable || isIdle) this.#retire(connection);
        }
        this.#dispatch();
        if (this.#connections.size > 0) this.#sweepLater();
      },
      Math.max(10, this.#options.idleMaxMs / 2),
    );
    // An idle connection is no reason for a process to live.
    this.#sweeper.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#pause);
    clearTimeout(this.#sweeper);
    this.#waiting.answerAll({ kind: 'stopped' });
    for (const connection of this.#connections) {
      if (connection.inFlight === 0) this.#retire(connection);
    }
    const deadline = this.#clock.monotonicMs() + (this.#options.stopGraceMs ?? 5_000);
    while (
      (this.#connections.size > 0 || this.#opening > 0) &&
      this.#clock.monotonicMs() < deadline
    ) {
      await this.#clock.sleep(10);
    }
    for (const connection of this.#connections) connection.destroy();
    await Promise.all(this.#closing);
  }
}

/** Nobody can have the message: not one octet of it left, and no recipient got an answer of his own. */
function wasLostBeforeBody({ recipients }: TransactionResult): boolean {
  return recipients.every(({ phase, by, reply }) => {
    const isBefore = phase === 'mail' || phase === 'rcpt' || phase === 'data';
    return isBefore && (by === 'lost' || (phase === 'mail' && reply.code === 421));
  });
}
