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
export type { SpoolLock } from './disk/lock.ts';
export { lockSpool } from './disk/lock.ts';
export type { ListedMessage } from './offline/list-spool.ts';
export { listSpool } from './offline/list-spool.ts';
export type { CheckStep } from './offline/check-spool.ts';
export { checkSpool } from './offline/check-spool.ts';
export { catMessage } from './offline/cat-message.ts';
export type { ExportStep } from './offline/export-spool.ts';
export { exportSpool } from './offline/export-spool.ts';
