// A set of 96-bit keys with 32 bits about each, in one flat array: 16 bytes a slot, so a million remembered keys fit in 32 MiB.
//
// Open addressing with linear probing. Nothing is deleted singly; a slot is marked dead and dropped by the next sweep.
// The keys are hashes, so their first word is the place.

/** Bits above the minute. The ledger writes the minute and `confirmed`; the others are of this run only. */
export const keyFlags = {
  /** The client of this message went on after our 250. */
  confirmed: 1 << 24,
  /** Committed moments ago in this process; its reply may still be on its way. */
  fresh: 1 << 25,
  /** Not durable yet. */
  inFlight: 1 << 26,
  /** Put here by this process: reading old segments must not change it. */
  ours: 1 << 27,
  dead: 1 << 28,
  used: 1 << 29,
} as const;

const timeMask = 0xffffff;
const epochMinutes = Date.UTC(2025, 0, 1) / 60_000;

/** Minutes since 2025 in 24 bits: enough until 2056. */
export function minuteOf(nowMs: number): number {
  return Math.max(0, Math.trunc(nowMs / 60_000) - epochMinutes) & timeMask;
}

/** The minute in what is known about a key. */
export function minuteIn(info: number): number {
  return info & timeMask;
}

export class KeyTable {
  #words: Uint32Array;
  #mask: number;
  #used = 0;

  constructor(slots = 4096) {
    this.#words = new Uint32Array(slots * 4);
    this.#mask = slots - 1;
  }

  get size(): number {
    return this.#used;
  }

  /** What is known about the key; 0 when it is unknown or dead. */
  get(a: number, b: number, c: number): number {
    const info = this.#words[this.#slot(a, b, c) + 3] ?? 0;
    return (info & keyFlags.dead) === 0 ? info : 0;
  }

  set(a: number, b: number, c: number, info: number): void {
    const at = this.#slot(a, b, c);
    if (this.#words[at + 3] === 0) this.#used += 1;
    this.#words[at] = a;
    this.#words[at + 1] = b;
    this.#words[at + 2] = c;
    this.#words[at + 3] = info | keyFlags.used;
    if (this.#used * 4 > (this.#mask + 1) * 3) this.#rebuild((this.#mask + 1) * 2, () => 0);
  }

  /** Changes flags of a key that is there. */
  change(
    a: number,
    b: number,
    c: number,
    { add = 0, remove = 0 }: { readonly add?: number; readonly remove?: number },
  ): void {
    const at = this.#slot(a, b, c) + 3;
    const info = this.#words[at] ?? 0;
    if (info !== 0) this.#words[at] = (info & ~remove) | add;
  }

  /** Takes the key back to what was known before; 0 means nothing. */
  restore(a: number, b: number, c: number, info: number): void {
    this.set(a, b, c, info === 0 ? keyFlags.dead : info);
  }

  touch(a: number, b: number, c: number, minute: number): void {
    const at = this.#slot(a, b, c) + 3;
    const info = this.#words[at] ?? 0;
    if (info !== 0) this.#words[at] = (info & ~timeMask) | minute;
  }

  /** Drops dead keys and those last touched before the oldest minute for a key with that last word. */
  sweep(oldestMinute: (lastWord: number) => number): void {
    this.#rebuild(this.#mask + 1, oldestMinute);
  }

  #slot(a: number, b: number, c: number): number {
    for (let index = a & this.#mask; ; index = (index + 1) & this.#mask) {
      const at = index * 4;
      if (this.#words[at + 3] === 0) return at;
      if (this.#words[at] === a && this.#words[at + 1] === b && this.#words[at + 2] === c)
        return at;
    }
  }

  #rebuild(slots: number, oldestMinute: (lastWord: number) => number): void {
    const old = this.#words;
    this.#words = new Uint32Array(slots * 4);
    this.#mask = slots - 1;
    this.#used = 0;
    for (let at = 0; at < old.length; at += 4) {
      const info = old[at + 3] ?? 0;
      if (info === 0 || (info & keyFlags.dead) !== 0) continue;
      const [a = 0, b = 0, c = 0] = [old[at], old[at + 1], old[at + 2]];
      if (minuteIn(info) < oldestMinute(c)) continue;
      const to = this.#slot(a, b, c);
      this.#words[to] = a;
      this.#words[to + 1] = b;
      this.#words[to + 2] = c;
      this.#words[to + 3] = info;
      this.#used += 1;
    }
  }
}
