// Leaves a mail server alone that has failed again and again: many messages for many domains must not all find out for
// themselves, each after its own half minute, that nobody is there.
//
//   reached --failures in a row--> avoided --pause over, one may try--> reached, or avoided for twice as long
import type { Clock } from '@restante/runtime';

export interface CircuitBreakerOptions {
  /** Failures in a row until it is left alone. */
  readonly failuresMax: number;
  readonly pauseMs: number;
  readonly pauseMaxMs: number;
  readonly clock: Clock;
  readonly onChange?: (host: string, to: 'avoided' | 'reached', why: string) => void;
}

export type MayTry =
  | { readonly kind: 'yes' }
  /** What it did when it was tried last, and for how long it is left alone. */
  | { readonly kind: 'no'; readonly failure: unknown; readonly forMs: number };

interface Trouble {
  failures: number;
  /** The last one. */
  failure: unknown;
  pauseMs: number;
  /** 0: not avoided. */
  untilMs: number;
  isProbing: boolean;
}

const yes: MayTry = { kind: 'yes' };
const hostsMax = 10_000;

export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  readonly #troubles = new Map<string, Trouble>();

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  /** "yes" when its pause is over is for one: it must end in reached(), failed() or letGo(). */
  mayTry(host: string): MayTry {
    const trouble = this.#troubles.get(host);
    if (trouble === undefined || trouble.untilMs === 0) return yes;
    const forMs = trouble.untilMs - this.#now();
    if (forMs > 0 || trouble.isProbing)
      return { kind: 'no', failure: trouble.failure, forMs: Math.max(0, forMs) };
    trouble.isProbing = true;
    return yes;
  }

  /** A session came to be. Forgiven, not forgotten: the next failure counts at once. */
  reached(host: string): void {
    const trouble = this.#troubles.get(host);
    if (trouble === undefined) return;
    if (trouble.untilMs > 0) this.#options.onChange?.(host, 'reached', 'it answers');
    trouble.untilMs = 0;
    trouble.isProbing = false;
    trouble.failures = Math.min(trouble.failures, this.#options.failuresMax - 1);
  }

  /** A whole transaction went through. */
  served(host: string): void {
    this.#troubles.delete(host);
  }

  failed(host: string, failure: unknown): void {
    const { failuresMax, pauseMs, pauseMaxMs, onChange } = this.#options;
    const now = this.#now();
    const trouble = this.#troubles.get(host) ?? this.#remember(host, pauseMs);
    trouble.failures += 1;
    trouble.failure = failure;
    const wasProbe = trouble.isProbing;
    trouble.isProbing = false;
    // Those who were on their way when it was given up say nothing new.
    if (trouble.failures < failuresMax || (trouble.untilMs > 0 && !wasProbe)) return;
    if (wasProbe) trouble.pauseMs = Math.min(trouble.pauseMs * 2, pauseMaxMs);
    else onChange?.(host, 'avoided', failure instanceof Error ? failure.message : String(failure));
    trouble.untilMs = now + trouble.pauseMs;
  }

  /** We gave up ourselves; nothing was learned. */
  letGo(host: string): void {
    const trouble = this.#troubles.get(host);
    if (trouble !== undefined) trouble.isProbing = false;
  }

  #remember(host: string, pauseMs: number): Trouble {
    // Whoever has been quiet the longest is forgotten first; it costs a few attempts to learn it again.
    const [oldest] = this.#troubles.keys();
    if (this.#troubles.size >= hostsMax && oldest !== undefined) this.#troubles.delete(oldest);
    const trouble: Trouble = {
      failures: 0,
      failure: undefined,
      pauseMs,
      untilMs: 0,
      isProbing: false,
    };
    this.#troubles.set(host, trouble);
    return trouble;
  }

  #now(): number {
    return this.#options.clock.monotonicMs();
  }
}
