// The public face of @restante/mailbox-store.
export { mailboxesSection } from './config.ts';
