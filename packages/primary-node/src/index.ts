// The public face of @restante/primary-node.
export type { AnnounceOptions, Announcement, Backup } from './announce-return.ts';
export { announceReturn } from './announce-return.ts';
export type { Forwarding, ForwardMessage } from './forward-message.ts';
export { createForwarder, type SealForward } from './forward-message.ts';
export { isOffice } from './is-office.ts';
export { createLocalDeliverer } from './local-deliverer.ts';
export type { OwnRecipients } from './own-recipients.ts';
export { createOwnRecipients } from './own-recipients.ts';
