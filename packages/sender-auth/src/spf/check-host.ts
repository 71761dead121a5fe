// SPF (RFC 7208): may this client use this domain in MAIL FROM or HELO?
//
// Promises
// - The whole of RFC 7208: all mechanisms, modifiers, macros, limits (§4.6.4: 10 lookups, 2 void lookups, 10 names of an MX or PTR; §11.1:
//   a deadline) and the results of §2.6. What DNS could not tell is temperror, never none or fail.
// - check() never throws but for its signal; it ends within the budget (20 s at most, RFC 7208 §4.6.4).
import type { Resolver } from '@restante/dns';
import type { Clock } from '@restante/runtime';

/** RFC 7208 §2.6. */
export type SpfResult =
  | 'none'
  | 'neutral'
  | 'pass'
  | 'fail'
  | 'softfail'
  | 'temperror'
  | 'permerror';

export interface SpfQuestion {
  readonly clientAddress: string;
  /** As the client said it. */
  readonly helo: string;
  /**
   * MAIL FROM; the empty string is the null reverse-path (§2.4: then postmaster@helo is checked). So this is also how HELO
   * is checked on its own (§2.3).
   */
  readonly sender: string;
}

export interface SpfAnswer {
  readonly result: SpfResult;
  /** Which identity this is about (§2.3, §2.4). */
  readonly identity: 'mailfrom' | 'helo';
  /**
   * The domain that was asked, in lower-case A-labels. When it was none that can be asked (result none) it is what the
   * client said, whatever that was, in at most 255 characters.
   */
  readonly domain: string;
  /** The mechanism that matched, as written, for example "ip4:192.0.2.0/24"; absent for the default. */
  readonly mechanism?: string;
  /** From exp= (§6.2), printable ASCII, at most a line; only with fail. */
  readonly explanation?: string;
  /** For temperror and permerror, and for a none that did not ask: what is wrong, one line of printable ASCII. */
  readonly problem?: string;
}

export interface SpfOptions {
  readonly resolver: Pick<Resolver, 'resolve' | 'reverse'>;
  /** Our name, for %{r}. */
  readonly hostname: string;
  readonly clock: Clock;
  readonly budgetMs: number;
}

export interface Spf {
  /** Costs 10 to 30 µs when the resolver remembers the answers; parsed records are kept, a thousand of them. */
  check(question: SpfQuestion, signal?: AbortSignal): Promise<SpfAnswer>;
}
