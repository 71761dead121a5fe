// What is known about the ways out to a domain: our own, or another site's. Pure; the clock is the caller's.
//
//   own --unreachable `failuresMin` times over `afterMs`--> may go through a peer --a peer took mail--> peer, for `memoryMs`
//   peer --memoryMs over, one message tries our own--> own when it was reached, otherwise peer for as long again
export interface ExitRules {
  /** Attempts in a row that found nobody. */
  readonly failuresMin: number;
  /** ... and this long since the first of them. */
  readonly afterMs: number;
  /** How long a peer is used before our own exit is tried again. */
  readonly memoryMs: number;
}

interface Known {
  failures: number;
  readonly sinceMs: number;
  /** Absent: our own. */
  peer?: string;
  peerUntilMs: number;
  isProbing: boolean;
}

const domainsMax = 10_000;

export class ExitMemory {
  readonly #rules: ExitRules;
  readonly #domains = new Map<string, Known>();

  constructor(rules: ExitRules) {
    this.#rules = rules;
  }

  /** The peer through which mail for the domain goes now. Undefined is our own exit; whoever asks must tell what came of it. */
  peerFor(domain: string, nowMs: number): string | undefined {
    const known = this.#domains.get(domain);
    if (known?.peer === undefined) return undefined;
    if (nowMs < known.peerUntilMs || known.isProbing) return known.peer;
    known.isProbing = true;
    return undefined;
  }

  /** True when it changed: the mail went through a peer before. */
  ownReached(domain: string): boolean {
    const wasPeer = this.#domains.get(domain)?.peer !== undefined;
    this.#domains.delete(domain);
    return wasPeer;
  }

  /** True when it is time to go through a peer. */
  ownUnreachable(domain: string, nowMs: number): boolean {
    const known = this.#domains.get(domain) ?? this.#begin(domain, nowMs);
    known.isProbing = false;
    known.failures += 1;
    return (
      known.peer !== undefined ||
      (known.failures >= this.#rules.failuresMin && nowMs - known.sinceMs >= this.#rules.afterMs)
    );
  }

  /** Our own exit was tried and nothing was learned about it. */
  ownUnknown(domain: string): void {
    const known = this.#domains.get(domain);
    if (known !== undefined) known.isProbing = false;
  }

  /** True when it changed. */
  peerTook(domain: string, peer: string, nowMs: number): boolean {
    const known = this.#domains.get(domain) ?? this.#begin(domain, nowMs);
    const isNew = known.peer !== peer;
    if (isNew || nowMs >= known.peerUntilMs) known.peerUntilMs = nowMs + this.#rules.memoryMs;
    known.peer = peer;
    return isNew;
  }

  /** The peer does not take it; our own exit is as good as any. */
  peerRefused(domain: string): void {
    const known = this.#domains.get(domain);
    if (known === undefined) return;
    delete known.peer;
    known.isProbing = false;
  }

  #begin(domain: string, nowMs: number): Known {
    const [oldest] = this.#domains.keys();
    if (this.#domains.size >= domainsMax && oldest !== undefined) this.#domains.delete(oldest);
    const known: Known = { failures: 0, sinceMs: nowMs, peerUntilMs: 0, isProbing: false };
    this.#domains.set(domain, known);
    return known;
  }
}
