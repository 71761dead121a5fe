// The public face of @restante/spool.
export { spoolSection } from './config.ts';
export type { SpoolFailureCode } from './errors.ts';
export { SpoolError, spoolFailures } from './errors.ts';
export type {
  Commit,
  MessageFacts,
  MessageWithBody,
  Spool,
  SpoolBody,
  SpooledMessage,
  SpoolEntry,
  SpoolOptions,
  SpoolStats,
  SpoolWriter,
  StoredOutcome,
} from './spool.ts';
export { openSpool } from './disk/open-spool.ts';
