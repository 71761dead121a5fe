// Has this account written to that person before? A Bloom filter in two generations: bounded, without names, forgetting slowly.
//
// It may say yes for one in a hundred it never saw, which counts for the account; it never says no for one of this generation
// or the one before. A generation ends when it is full or half a year old; the next one is larger, up to a bound.
import { createHash } from 'node:crypto';

export interface Generation {
  readonly bits: Uint8Array;
  /** How many were put in. */
  count: number;
  readonly sinceMs: number;
}

const hashes = 7;
const bitsPerItem = 10;
const itemsFirst = 2_048;
/** Quickly, so that a growing list does not push its own beginning out. */
const growth = 4;
const itemsMax = 32_768;
const generationMaxMs = 180 * 86_400_000;

export class SeenFilter {
  #now: Generation;
  #before: Generation | undefined;

  constructor(nowMs: number, stored: readonly Generation[] = []) {
    const [now, before] = stored.filter(({ bits }) => isFit(bits));
    this.#now = now ?? fresh(itemsFirst, nowMs);
    this.#before = before;
  }

  /** The younger one first. */
  get generations(): readonly Generation[] {
    return this.#before === undefined ? [this.#now] : [this.#now, this.#before];
  }

  /** True when it was new; it is not any more. */
  add(item: string, nowMs: number): boolean {
    const words = wordsOf(item);
    if (hasAll(this.#now, words)) return false;
    const wasKnown = this.#before !== undefined && hasAll(this.#before, words);
    this.#turnOver(nowMs);
    for (const word of words) set(this.#now.bits, word);
    this.#now.count += 1;
    return !wasKnown;
  }

  #turnOver(nowMs: number): void {
    const { bits, count, sinceMs } = this.#now;
    const itemsOfNow = (bits.length * 8) / bitsPerItem;
    if (count < itemsOfNow && nowMs - sinceMs < generationMaxMs) return;
    this.#before = this.#now;
    this.#now = fresh(Math.min(itemsMax, Math.ceil(itemsOfNow * growth)), nowMs);
  }
}

function fresh(items: number, sinceMs: number): Generation {
  return { bits: new Uint8Array(Math.ceil((items * bitsPerItem) / 8)), count: 0, sinceMs };
}

function isFit({ length }: Uint8Array): boolean {
  return length > 0 && length <= (itemsMax * bitsPerItem) / 8 + 1;
}

function wordsOf(item: string): readonly number[] {
  const digest = createHash('sha256').update(item).digest();
  return Array.from({ length: hashes }, (_, index) => digest.readUInt32LE(index * 4));
}

function hasAll({ bits }: Generation, words: readonly number[]): boolean {
  return words.every((word) => {
    const at = word % (bits.length * 8);
    return ((bits[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0;
  });
}

function set(bits: Uint8Array, word: number): void {
  const at = word % (bits.length * 8);
  bits[at >>> 3] = (bits[at >>> 3] ?? 0) | (1 << (at & 7));
}
