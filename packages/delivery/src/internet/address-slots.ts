// How many connections there may be to one address at the same time, whatever domains they are for: thousands of domains have
// the same few mail servers. Who waits is served in order; idle connections of others make room.

interface Address {
  used: number;
  readonly waiting: (() => void)[];
  /** Asks the holders to close one that does nothing. */
  readonly holders: Map<object, { count: number; readonly yieldIdle: () => void }>;
}

const askEveryMs = 500;

export interface SlotOwner {
  /** Close a connection to this address that has nothing to do, if there is one. */
  yieldIdle(address: string): void;
}

export class AddressSlots {
  readonly #limit: number;
  readonly #addresses = new Map<string, Address>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves with the way to give the place back; rejects with the signal's reason. */
  async take(address: string, owner: SlotOwner, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const entry = this.#entryOf(address);
    if (entry.used < this.#limit) entry.used += 1;
    else await this.#wait(entry, signal);
    this.#hold(entry, address, owner);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#release(entry, address, owner);
    };
  }

  usedOf(address: string): number {
    return this.#addresses.get(address)?.used ?? 0;
  }

  /** Somebody waits for a connection to this address. */
  isWanted(address: string): boolean {
    return (this.#addresses.get(address)?.waiting.length ?? 0) > 0;
  }

  async #wait(entry: Address, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      const at = entry.waiting.indexOf(resolve);
      if (at >= 0) entry.waiting.splice(at, 1);
      reject(signal.reason);
    };
    entry.waiting.push(resolve);
    signal.addEventListener('abort', onAbort, { once: true });
    const ask = () => {
      for (const { yieldIdle } of entry.holders.values()) yieldIdle();
    };
    ask();
    // Who is busy now may have nothing to do in a moment, and would keep its connection for a while.
    const asking = setInterval(ask, askEveryMs);
    try {
      await promise;
    } finally {
      clearInterval(asking);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #hold(entry: Address, address: string, owner: SlotOwner): void {
    const holder = entry.holders.get(owner);
    if (holder === undefined)
      entry.holders.set(owner, { count: 1, yieldIdle: () => owner.yieldIdle(address) });
    else holder.count += 1;
  }

  #release(entry: Address, address: string, owner: SlotOwner): void {
    const holder = entry.holders.get(owner);
    if (holder !== undefined) {
      holder.count -= 1;
      if (holder.count === 0) entry.holders.delete(owner);
    }
    const next = entry.waiting.shift();
    // The place passes from hand to hand; nobody can slip in between.
    if (next !== undefined) return next();
    entry.used -= 1;
    if (entry.used === 0) this.#addresses.delete(address);
  }

  #entryOf(address: string): Address {
    const known = this.#addresses.get(address);
    if (known !== undefined) return known;
    const entry: Address = { used: 0, waiting: [], holders: new Map() };
    this.#addresses.set(address, entry);
    return entry;
  }
}
