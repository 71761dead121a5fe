// The public face of @restante/imap.
export { imapSection, type ImapLimits } from './config.ts';
export type { ImapServer, ImapServerOptions } from './imap-server.ts';
export { createImapServer } from './server/create-imap-server.ts';
export type { ImapFailure } from './session/server-context.ts';
