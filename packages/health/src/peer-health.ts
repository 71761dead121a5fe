// Is a home there? Staged probes and a state with hysteresis; the node acts on the changes (design §4.4).
//
//   up --(2 failures)--> suspect --(3 more)--> down --(2 clean probes)--> recovering --(2 more clean)--> up
//
// Mail flows in every state but "down"; in "recovering" it is paced from small (pace.ts). The whole table: peer-state.ts.
// Promise: one lost probe never changes the answer to "down", and one lucky probe never to "up". Half-alive is not alive.
export type PeerStateName = 'up' | 'suspect' | 'down' | 'recovering';

export type ProbeStage = 'tcp' | 'greeting' | 'ehlo' | 'starttls' | 'rcpt' | 'http';

export type ProbeResult =
  | { readonly ok: true; readonly durationMs: number; readonly load?: PeerLoad }
  | {
      readonly ok: false;
      readonly durationMs: number;
      readonly stage: ProbeStage;
      readonly problem: string;
    };

/** What a Restante peer publishes of itself at /v1/health. */
export interface PeerLoad {
  readonly queueDepth: number;
  readonly diskFreeBytes: number;
  readonly acceptLatencyMs: number;
  readonly isAccepting: boolean;
}

export interface PeerHealth {
  readonly peer: string;
  readonly state: PeerStateName;
  readonly sinceMs: number;
  readonly lastProbe?: ProbeResult;
  readonly lastProbeAtMs?: number;
  /** How many times it went down in the last hour; what damps a flapping peer. */
  readonly flaps: number;
}
