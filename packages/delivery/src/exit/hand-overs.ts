// Hand-overs to a peer of which nobody knows how they ended: the connection was lost behind the last byte. The peer may be sending the
// message already, so it alone is asked again, until it answers or so long has passed that a second copy is better than none.
//
// In memory: after a restart of ours such a message may leave twice.
interface HandOver {
  readonly peer: string;
  readonly untilMs: number;
}

const handOversMax = 10_000;

export class HandOvers {
  readonly #waitMs: number;
  readonly #open = new Map<string, HandOver>();

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** The peer that may have it. */
  peerOf(id: string, domain: string, nowMs: number): string | undefined {
    const key = keyOf(id, domain);
    const found = this.#open.get(key);
    if (found === undefined || nowMs < found.untilMs) return found?.peer;
    this.#open.delete(key);
    return undefined;
  }

  /** Asked again without an answer, it waits no longer than the first time said. */
  noteUnknown(id: string, domain: string, { peer, nowMs }: { peer: string; nowMs: number }): void {
    const key = keyOf(id, domain);
    if (this.#open.get(key)?.peer === peer) return;
    const [oldest] = this.#open.keys();
    if (this.#open.size >= handOversMax && oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(key, { peer, untilMs: nowMs + this.#waitMs });
  }

  noteAnswer(id: string, domain: string): void {
    this.#open.delete(keyOf(id, domain));
  }
}

function keyOf(id: string, domain: string): string {
  return `${id} ${domain}`;
}
