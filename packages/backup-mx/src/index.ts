// The public face of @restante/backup-mx.
export { domainHold, isHold, operatorHold, redisAway } from './absence-keys.ts';
export type { HomeKeeper, HomeKeeperOptions, MirrorFacts } from './home-keeper.ts';
export { createHomeKeeper } from './home-keeper.ts';
export type { MirrorLoop } from './mirror-recipients.ts';
export { mirrorRecipients } from './mirror-recipients.ts';
export type { NextHop, OutageLog } from './outage-log.ts';
export { openOutageLog } from './outage-log.ts';
export { noteForPeer, strangerForPlainHome } from './peer-transaction.ts';
