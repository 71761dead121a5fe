// How much is in a mailbox, and whether more fits. INBOX and all folders count, except what waits to be forgotten.
//
// Promise: many at once do not pass a quota together, for room is reserved before anything is written.
import type { Quota } from '@restante/accounts';
import type { Clock } from '@restante/runtime';
import type { QuotaGate } from '../folder/folder-context.ts';

export interface CountedUsage {
  readonly bytes: number;
  readonly messages: number;
}

export interface UsageCounterOptions {
  readonly clock: Clock;
  /** What holds now. */
  readonly quota: () => Quota;
  /** Counts what is on the disk. */
  readonly count: () => Promise<CountedUsage>;
  readonly onChange: (usage: CountedUsage) => void;
}

// Other programs remove mail without telling; somebody who is over the quota is counted again after this.
const recountAfterMs = 10_000;

export class UsageCounter implements QuotaGate {
  readonly #options: UsageCounterOptions;
  #usage: CountedUsage | undefined;
  #counting: Promise<CountedUsage> | undefined;
  #countedAtMs = 0;
  #reserved = { bytes: 0, messages: 0 };

  constructor(options: UsageCounterOptions) {
    this.#options = options;
  }

  /** Undefined before anybody counted. */
  get usage(): CountedUsage | undefined {
    return this.#usage;
  }

  async counted(): Promise<CountedUsage> {
    return this.#usage ?? (await this.recount());
  }

  /** Counts once for all who ask at the same time. */
  async recount(): Promise<CountedUsage> {
    this.#counting ??= this.#count();
    try {
      return await this.#counting;
    } finally {
      this.#counting = undefined;
    }
  }

  async reserve(bytes: number, messages: number): Promise<Disposable | undefined> {
    const quota = this.#options.quota();
    if (quota.bytes !== undefined || quota.messages !== undefined) {
      await this.counted();
      if (!this.#fits(quota, bytes, messages)) await this.#recountIfOld();
      // No pause between this answer and the reservation: many at once cannot pass together.
      if (!this.#fits(quota, bytes, messages)) return undefined;
    }
    this.#reserved.bytes += bytes;
    this.#reserved.messages += messages;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#reserved.bytes -= bytes;
        this.#reserved.messages -= messages;
      },
    };
  }

  note(bytes: number, messages: number): void {
    if (this.#usage === undefined) return;
    this.#usage = {
      bytes: Math.max(this.#usage.bytes + bytes, 0),
      messages: Math.max(this.#usage.messages + messages, 0),
    };
    this.#options.onChange(this.#usage);
  }

  #fits(quota: Quota, bytes: number, messages: number): boolean {
    const { bytes: usedBytes = 0, messages: usedMessages = 0 } = this.#usage ?? {};
    return (
      (quota.bytes === undefined || usedBytes + this.#reserved.bytes + bytes <= quota.bytes) &&
      (quota.messages === undefined ||
        usedMessages + this.#reserved.messages + messages <= quota.messages)
    );
  }

  async #recountIfOld(): Promise<void> {
    if (this.#options.clock.monotonicMs() - this.#countedAtMs > recountAfterMs)
      await this.recount();
  }

  async #count(): Promise<CountedUsage> {
    this.#countedAtMs = this.#options.clock.monotonicMs();
    this.#usage = await this.#options.count();
    this.#options.onChange(this.#usage);
    return this.#usage;
  }
}
