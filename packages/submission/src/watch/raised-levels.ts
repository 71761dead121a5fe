// A suspicion is raised once a window for each level, and again only when it becomes graver.
import type { Clock } from '@restante/runtime';
import type { Suspicion, WatchSettings } from './sending-watch.ts';

const accountsMax = 10_000;
const gravity = { notify: 1, suspend: 2 } as const;

export class RaisedLevels {
  readonly #settings: WatchSettings;
  readonly #clock: Clock;
  readonly #raised = new Map<
    string,
    { readonly level: Suspicion['action']; readonly untilMs: number }
  >();

  constructor(settings: WatchSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** What is to be done now; undefined when nothing, or nothing again. */
  raise(account: string, points: number): Suspicion['action'] | undefined {
    const level = this.#levelOf(points);
    const nowMs = this.#clock.monotonicMs();
    const before = this.#raised.get(account);
    const isSaid =
      before !== undefined &&
      before.untilMs > nowMs &&
      (level === undefined || gravity[before.level] >= gravity[level]);
    if (level === undefined || isSaid) return undefined;
    this.#raised.delete(account);
    this.#raised.set(account, { level, untilMs: nowMs + this.#settings.windowMs });
    for (const oldest of this.#raised.keys()) {
      if (this.#raised.size <= accountsMax) break;
      this.#raised.delete(oldest);
    }
    return level;
  }

  forget(account: string): void {
    this.#raised.delete(account);
  }

  #levelOf(points: number): Suspicion['action'] | undefined {
    const { action, suspendPoints, notifyPoints } = this.#settings;
    if (action === 'suspend' && points >= suspendPoints) return 'suspend';
    return action !== 'off' && points >= notifyPoints ? 'notify' : undefined;
  }
}
