// The public face of @restante/pop3.
export { pop3Section, type Pop3Limits } from './config.ts';
export type { Pop3Failure, Pop3Server, Pop3ServerOptions } from './pop3-server.ts';
export { createPop3Server } from './server/create-pop3-server.ts';
