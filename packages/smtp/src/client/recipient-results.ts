// What is known of each recipient of a transaction. The first thing said of one stays.
import type { RecipientResult } from './smtp-connection.ts';

export type Fate = Omit<RecipientResult, 'recipient'>;

export class RecipientResults {
  readonly #recipients: readonly string[];
  readonly #results: (RecipientResult | undefined)[];

  constructor(recipients: readonly string[]) {
    this.#recipients = recipients;
    this.#results = Array.from({ length: recipients.length });
  }

  settle(index: number, fate: Fate): void {
    this.#results[index] ??= { recipient: this.#recipients[index] ?? '', ...fate };
  }

  /** Everybody of whom nothing is known yet. */
  settleRest(fate: Fate): void {
    for (let index = 0; index < this.#results.length; index += 1) this.settle(index, fate);
  }

  /** To be called when all are settled. */
  get all(): readonly RecipientResult[] {
    return this.#results as RecipientResult[];
  }
}
