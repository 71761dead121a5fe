// Passwords that were right a moment ago, so that a mail program with ten connections, or one that asks every minute, does
// not cost ten argon2 hashes. Only keyed digests are kept, for minutes, and only while the stored hash is the same.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@restante/runtime';

interface Recent {
  readonly digest: Buffer;
  readonly storedHash: string;
  readonly endsAtMs: number;
}

const keptMs = 5 * 60_000;
const entriesMax = 10_000;

export class RecentPasswords {
  readonly #clock: Clock;
  readonly #key = randomBytes(32);
  readonly #recent = new Map<string, Recent>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wasRight(address: string, password: string, storedHash: string): boolean {
    const recent = this.#recent.get(address);
    if (recent === undefined) return false;
    if (recent.endsAtMs < this.#clock.monotonicMs() || recent.storedHash !== storedHash) {
      this.#recent.delete(address);
      return false;
    }
    return timingSafeEqual(recent.digest, this.#digest(address, password));
  }

  remember(address: string, password: string, storedHash: string): void {
    this.#recent.delete(address);
    this.#recent.set(address, {
      digest: this.#digest(address, password),
      storedHash,
      endsAtMs: this.#clock.monotonicMs() + keptMs,
    });
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= entriesMax) break;
      this.#recent.delete(oldest);
    }
  }

  #digest(address: string, password: string): Buffer {
    return createHmac('sha256', this.#key).update(`${address}\0${password}`).digest();
  }
}
