// What is done now and then beside the mail: space is given back about every second, old keys are forgotten every hour.
import type { EventSink } from '@restante/mail-model';
import type { ReclaimParts } from './reclaim.ts';
import { reclaimOnce } from './reclaim.ts';

/** Between these, and as often as a segment can have become quiet. */
const reclaimPauseMinMs = 100;
const reclaimPauseMaxMs = 1000;
const sweepPauseMs = 3_600_000;

export interface HousekeepingParts extends ReclaimParts {
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
    const { quietMs = reclaimPauseMaxMs } = this.#parts;
    const pauseMs = Math.min(reclaimPauseMaxMs, Math.max(reclaimPauseMinMs, quietMs));
    this.#timers = [
      setInterval(() => this.#reclaim(), pauseMs).unref(),
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
    const { clock, onEvent, memory, ledger, segments } = this.#parts;
    for (const segment of segments.segments.values()) memory.keys.touch(segment.keys.all());
    memory.keys.sweep();
    ledger
      .dropOld(clock.now(), memory.keys.keepMs)
      .catch((cause: unknown) => onEvent({ name: 'spool.sync-failed', cause }));
  }
}
