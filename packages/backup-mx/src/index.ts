// The public face of @restante/backup-mx.
export type { HomeKeeper, HomeKeeperOptions, MirrorFacts } from './home-keeper.ts';
export { createHomeKeeper } from './home-keeper.ts';
export type { MirrorLoop } from './mirror-recipients.ts';
export { mirrorRecipients } from './mirror-recipients.ts';
export type { OutageLog } from './outage-log.ts';
export { openOutageLog } from './outage-log.ts';
export { noteForPeer, strangerForPlainHome } from './peer-transaction.ts';
