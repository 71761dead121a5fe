// The public face of @restante/health.
export type { AskHealthOptions } from './ask-health.ts';
export { createAskHealth } from './ask-health.ts';
export { healthSection } from './config.ts';
export type { RateMeter } from './eta.ts';
export { createRateMeter } from './eta.ts';
export type { PaceKeeper } from './pace-keeper.ts';
export { createPaceKeeper } from './pace-keeper.ts';
export type { PaceLimits } from './pace.ts';
export { backlogShare } from './pace.ts';
export type {
  PeerHealth,
  PeerLoad,
  PeerStateName,
  ProbeResult,
  ProbeStage,
} from './peer-health.ts';
export type { PeerThresholds } from './peer-state.ts';
export { defaultThresholds, mayDeliver } from './peer-state.ts';
export type { AskHealth, Probe, ProberOptions } from './prober.ts';
export { createProber } from './prober.ts';
export type { PeerWatch, WatchPeerOptions } from './watch-peer.ts';
export { watchPeer } from './watch-peer.ts';
