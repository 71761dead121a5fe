// What stops guessing.
//
// Promises
// - Wrong tries from one household for one account make that household wait for that account, longer each time. Nobody else
//   is asked to wait because of them: whoever guesses cannot lock the owner out.
// - A network that tries many accounts waits as a whole; people who came in from there before are not part of that.
// - An account that many places guess at answers slower to places it does not know, and refuses none of them.
// - Unknown accounts are counted like known ones.
import { hash } from 'node:crypto';
import type { Clock } from '@restante/runtime';
import { placeOf } from './network-of.ts';
import { noCount, type TryCounts } from './try-counts.ts';
import { type WaitRule, waitAfter } from './waits.ts';

export interface GuardRules {
  readonly household: WaitRule;
  readonly network: WaitRule;
  /** Makes slower instead of making wait. */
  readonly account: WaitRule;
}

export type Gate =
  | {
      readonly kind: 'open';
      readonly slowMs: number;
      /** What success would have to change. */
      readonly hasFailed: boolean;
      readonly isFreshlyKnown: boolean;
    }
  | { readonly kind: 'wait'; readonly seconds: number };

export interface Try {
  /** Address of the client. */
  readonly from: string;
  /** Canonical name, whether anybody has it or not. */
  readonly name: string;
}

const hourMs = 3_600_000;
const keepMs = {
  household: 12 * hourMs,
  network: hourMs,
  account: hourMs,
  known: 30 * 24 * hourMs,
};

export class LoginGuard {
  readonly #counts: TryCounts;
  readonly #rules: GuardRules;
  readonly #clock: Clock;

  constructor(parts: {
    readonly counts: TryCounts;
    readonly rules: GuardRules;
    readonly clock: Clock;
  }) {
    this.#counts = parts.counts;
    this.#rules = parts.rules;
    this.#clock = parts.clock;
  }

  /** Before any secret is looked at. */
  async look(attempt: Try): Promise<Gate> {
    const keys = keysOf(attempt);
    const [household, network, account, known] = await this.#counts.look([
      keys.household,
      keys.network,
      keys.account,
      keys.known,
    ]);
    const remaining = ({ count, lastAtMs } = noCount, rule: WaitRule) => {
      const waitMs = waitAfter(rule, count);
      // A clock that was set back must not make it longer.
      return Math.min(waitMs, lastAtMs + waitMs - this.#clock.now());
    };
    const isKnown = (known?.count ?? 0) > 0;
    const waitMs = Math.max(
      remaining(household, this.#rules.household),
      isKnown ? 0 : remaining(network, this.#rules.network),
    );
    if (waitMs > 0) return { kind: 'wait', seconds: Math.ceil(waitMs / 1000) };
    return {
      kind: 'open',
      slowMs: isKnown ? 0 : waitAfter(this.#rules.account, account?.count ?? 0),
      hasFailed: (household?.count ?? 0) > 0,
      isFreshlyKnown: isKnown && this.#clock.now() - (known?.lastAtMs ?? 0) < 24 * hourMs,
    };
  }

  /** `mark` tells one wrong password from another. */
  async failed(attempt: Try, mark?: string): Promise<void> {
    const keys = keysOf(attempt);
    const atMs = this.#clock.now();
    const marked = mark === undefined ? {} : { mark };
    await Promise.all([
      this.#counts.add(keys.household, { atMs, keepMs: keepMs.household, ...marked }),
      this.#counts.add(keys.network, {
        atMs,
        keepMs: keepMs.network,
        ...(mark !== undefined && { mark: `${keys.account.slice(-6)}${mark}` }),
      }),
      this.#counts.add(keys.account, { atMs, keepMs: keepMs.account, ...marked }),
    ]);
  }

  /** Nothing is written for those who come every minute. */
  async succeeded(attempt: Try, gate: Gate & { readonly kind: 'open' }): Promise<void> {
    const keys = keysOf(attempt);
    if (gate.hasFailed) await this.#counts.forget(keys.household);
    if (gate.isFreshlyKnown) return;
    await this.#counts.add(keys.known, { atMs: this.#clock.now(), keepMs: keepMs.known });
  }
}

/** Names are hashed: they may be long or strange, and need not stand in Redis for everybody to read. */
function keysOf({
  from,
  name,
}: Try): Record<'household' | 'network' | 'account' | 'known', string> {
  const { household, network } = placeOf(from);
  return {
    household: `household:${short(`${household}\0${name}`)}`,
    network: `network:${network}`,
    account: `account:${short(name)}`,
    known: `known:${short(`${network}\0${name}`)}`,
  };
}

function short(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
