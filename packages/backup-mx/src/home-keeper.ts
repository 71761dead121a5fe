// One home that is not this site: whether it is there, what it told us about its people, and what happens to its mail.
//
//   away        its route stands still, the clocks of its mail stop (law 8), new mail is taken and kept
//   recovering  the clocks run again, everything that was put off is due at once, paced by what the home can take
//   up          mail passes through
import type { EventSink, Route } from '@restante/mail-model';
import type { PaceKeeper, PeerHealth, PeerWatch } from '@restante/health';
import type { RecipientList } from '@restante/recipients';
import type { RouteGates } from '@restante/relay';
import type { RetryQueue } from '@restante/retry-queue';
import type { Clock } from '@restante/runtime';
import type { OutageLog } from './outage-log.ts';
import { createSecondTry } from './second-try.ts';

export interface MirrorFacts {
  readonly ageMs?: number | undefined;
  readonly version?: number | undefined;
  readonly recipients?: number | undefined;
}

export interface HomeKeeper extends AsyncDisposable {
  /** The site's name, or the domain of a plain home. */
  readonly name: string;
  readonly route: Route;
  readonly domains: readonly string[];
  /** True when this site is backup MX for at least one of its domains. */
  readonly isBackedUp: boolean;
  /** Its people; undefined when we are not its backup. */
  readonly list: RecipientList | undefined;
  health(): PeerHealth;
  mirror(): MirrorFacts;
  /** A backlog is being handed over: live mail passes ahead. */
  readonly isDraining: boolean;
  /** A delivery could not reach it: look at once, decide nothing. */
  noteUnreachable(): void;
  /** The home asks for its mail (ETRN): look at once. Answers how many messages wait. */
  drainNow(): number;
}

export interface HomeKeeperOptions {
  readonly name: string;
  readonly route: Route;
  readonly domains: readonly string[];
  readonly isBackedUp: boolean;
  readonly list: RecipientList | undefined;
  readonly mirror: () => MirrorFacts;
  readonly watch: PeerWatch;
  readonly pace: PaceKeeper;
  readonly gates: RouteGates;
  readonly queue: RetryQueue;
  readonly outages: OutageLog;
  /** How many messages wait for this home. */
  readonly waiting: () => number;
  readonly onBack: () => void;
  readonly onEvent: EventSink;
  readonly clock: Clock;
}

export function createHomeKeeper(options: HomeKeeperOptions): HomeKeeper {
  const { name, route, watch, pace, gates, queue, outages, onEvent, clock } = options;
  const secondTry = createSecondTry();
  let drain: { readonly startedMs: number; readonly waiting: number } | undefined;

  const hold = async () => {
    drain = undefined;
    await gates.hold(route, 'health');
  };
  const letGo = async () => {
    outages.end(route);
    secondTry.forget();
    pace.restart();
    const waiting = options.waiting();
    if (waiting > 0) {
      drain = { startedMs: clock.monotonicMs(), waiting };
      onEvent({ name: 'drain.started', route, waiting });
    }
    options.onBack();
    // What was put off by failed attempts is due now, not at its next timer. If Redis is away, the reconciler does the same.
    await queue.promoteAll(route).catch(() => 0);
    await gates.unhold(route, 'health');
  };
  const follow = async (health: PeerHealth) => {
    switch (health.state) {
      // Two lost probes: wait for the next ones rather than spend attempts. Nothing is decided yet, no clock stops.
      case 'suspect':
        return hold();
      case 'down':
        outages.begin(route, health.sinceMs);
        return hold();
      case 'recovering':
      case 'up':
        return gates.heldBy(route).includes('health') ? letGo() : undefined;
    }
  };
  // At start nothing is known of the home: its mail waits for the first probe, which is a matter of milliseconds.
  outages.begin(route, clock.now());
  // One change after the other, however fast they come.
  let following = hold();
  watch.onChange((health) => {
    following = following
      .then(async () => follow(health))
      .catch((cause: unknown) => onEvent({ name: 'reconcile.failed', cause }));
  });
  const beat = setInterval(() => {
    // If Redis is away this is no loss: everything is made due when it is back.
    if (secondTry.isDue(watch.current, clock.now())) void queue.promoteAll(route).catch(() => 0);
    if (drain === undefined || options.waiting() > 0) return;
    onEvent({
      name: 'drain.finished',
      route,
      delivered: drain.waiting,
      durationMs: clock.monotonicMs() - drain.startedMs,
    });
    drain = undefined;
  }, 1000);

  return {
    name,
    route,
    domains: options.domains,
    isBackedUp: options.isBackedUp,
    list: options.list,
    health: () => watch.current,
    mirror: options.mirror,
    get isDraining() {
      return drain !== undefined;
    },
    noteUnreachable() {
      secondTry.noteMiss(clock.now());
      watch.reportFailure();
    },
    drainNow() {
      void watch.probeNow();
      return options.waiting();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(beat);
      await watch[Symbol.asyncDispose]();
      await following;
    },
  };
}
