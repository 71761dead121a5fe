// What is done now and then beside the mail: space is given back every second, old keys are forgotten every hour.
import type { EventSink } from '@restante/mail-model';
import type { ReclaimParts } from './reclaim.ts';
import { reclaimOnce } from './reclaim.ts';

const reclaimPauseMs = 1000;
const sweepPauseMs = 3_600_000;

export interface HousekeepingParts extends ReclaimParts {
  readonly rememberMs: number;
  readonly onEvent: EventSink;
}

export class Housekeeping {
  readonly #parts: HousekeepingParts;
  #timers: NodeJS.Timeout[] = [];
  #reclaiming: Promise<void> | undefined;

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timers = [
      setInterval(() => this.#reclaim(), reclaimPauseMs).unref(),
      setInterval(() => this.#sweep(), sweepPauseMs).unref(),
    ];
  }

  /** Waits for what is being done; `isStopped` makes that short. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#reclaiming;
  }

  #reclaim(): void {
    // A failure leaves everything where it was; the next round tries again.
    this.#reclaiming ??= reclaimOnce(this.#parts)
      .catch((cause: unknown) => this.#parts.onEvent({ name: 'spool.sync-failed', cause }))
      .finally(() => (this.#reclaiming = undefined));
  }

  #sweep(): void {
    const { clock, rememberMs, onEvent, memory, ledger, segments } = this.#parts;
    for (const segment of segments.segments.values()) memory.touch(segment.keys.all());
    memory.sweep(rememberMs);
    ledger
      .dropOld(clock.now(), rememberMs)
      .catch((cause: unknown) => onEvent({ name: 'spool.sync-failed', cause }));
  }
}
