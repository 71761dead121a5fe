// Watches one peer: probes it again and again, keeps its state, tells when it changes.
//
// Promises
// - One probe at a time. Probes come at the interval, with jitter so that sites do not knock in step; sooner when there is a
//   reason: somebody asks, a delivery had a surprise, or a peer that is coming back needs its confirming probe.
// - What deliveries report never changes the state by itself: a probe looks at once instead (and not more often than every
//   `hurryMs`), so a broken message cannot take a peer down.
// - Stops cleanly: after dispose no listener is called.
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { PeerHealth, PeerStateName, ProbeResult } from './peer-health.ts';
import { defaultThresholds, initialPeerState, nextPeerState } from './peer-state.ts';
import type { PeerState, PeerThresholds } from './peer-state.ts';
import type { Probe } from './prober.ts';

export interface WatchPeerOptions {
  readonly peer: string;
  readonly probe: Probe;
  readonly thresholds?: PeerThresholds;
  readonly probeIntervalMs: number;
  /** Share of the interval that chance adds or takes. */
  readonly probeJitter: number;
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly random?: () => number;
}

export interface PeerWatch extends AsyncDisposable {
  readonly current: PeerHealth;
  /** Called after every change of state, with the state before. */
  onChange(listener: (health: PeerHealth, from: PeerStateName) => void): void;
  /** Probes now (or waits for the probe that runs) and resolves with what is known then. */
  probeNow(): Promise<PeerHealth>;
  /** Deliveries to this peer fail or succeed against expectation: look at once. */
  reportFailure(): void;
  reportSuccess(): void;
}

const hurryMaxMs = 1000;

export function watchPeer(options: WatchPeerOptions): PeerWatch {
  const { peer, probe, probeIntervalMs, probeJitter, onEvent, clock } = options;
  const { thresholds = defaultThresholds, random = Math.random } = options;
  const hurryMs = Math.min(hurryMaxMs, probeIntervalMs / 5);
  const stopping = new AbortController();
  const listeners = new Set<(health: PeerHealth, from: PeerStateName) => void>();
  let state = initialPeerState(clock.now(), thresholds);
  let last: { readonly result: ProbeResult; readonly atMs: number } | undefined;
  let running: Promise<void> | undefined;
  let waiting = new AbortController();
  let lookedAtMs = Number.NEGATIVE_INFINITY;

  const current = (): PeerHealth => ({
    peer,
    state: state.name,
    sinceMs: state.sinceMs,
    flaps: state.downAtMs.length,
    ...(last === undefined ? {} : { lastProbe: last.result, lastProbeAtMs: last.atMs }),
  });

  async function look(): Promise<void> {
    lookedAtMs = clock.monotonicMs();
    const result = await probe(stopping.signal);
    // A probe that our own stop broke off says nothing about the peer.
    if (stopping.signal.aborted) return;
    const atMs = clock.now();
    last = { result, atMs };
    const { ok, durationMs } = result;
    onEvent(
      result.ok
        ? { name: 'peer.probed', peer, ok, stage: 'all', durationMs }
        : {
            name: 'peer.probed',
            peer,
            ok,
            stage: result.stage,
            durationMs,
            problem: result.problem,
          },
    );
    settle(nextPeerState(state, { ok, atMs }, thresholds), result);
  }

  function settle(next: PeerState, result: ProbeResult): void {
    const from = state.name;
    state = next;
    if (next.name === from) return;
    const why = result.ok ? 'clean probes' : `${result.stage}: ${result.problem}`;
    onEvent({ name: 'peer.changed', peer, from, to: next.name, why });
    const health = current();
    for (const listener of listeners) listener(health, from);
  }

  /** Joins the probe that runs, or starts one. */
  function lookOnce(): Promise<void> {
    running ??= look().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await lookOnce();
      waiting = new AbortController();
      const signal = AbortSignal.any([waiting.signal, stopping.signal]);
      // Aborted means "now": the reason is of no interest.
      await clock.sleep(pauseMs(), signal).catch(() => undefined);
    }
  }

  function pauseMs(): number {
    const isConfirming = state.name !== 'up' && state.clean > 0;
    if (isConfirming && state.downAtMs.length < thresholds.flapsUntilDamped) return hurryMs;
    return probeIntervalMs * (1 + probeJitter * (2 * random() - 1));
  }

  function hurry(): void {
    if (clock.monotonicMs() - lookedAtMs >= hurryMs) waiting.abort();
  }

  const ended = loop();

  return {
    get current() {
      return current();
    },
    onChange(listener) {
      listeners.add(listener);
    },
    async probeNow() {
      await lookOnce();
      return current();
    },
    reportFailure() {
      if (state.name !== 'down') hurry();
    },
    reportSuccess() {
      if (state.name !== 'up') hurry();
    },
    async [Symbol.asyncDispose]() {
      listeners.clear();
      stopping.abort(new Error('The node is stopping.'));
      await ended;
    },
  };
}
