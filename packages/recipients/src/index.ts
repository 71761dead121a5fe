// The public face of @restante/recipients.
export { buildSnapshot, type SnapshotInput } from './build-snapshot.ts';
export { recipientsSection } from './config.ts';
export { recipientsFailures, RecipientsError, type RecipientsFailureCode } from './errors.ts';
export { createListOf } from './list-of-snapshot.ts';
export { type MirrorOptions, openMirror, type RecipientMirror } from './mirror.ts';
export type { FiledDomain, FileProblem } from './parse-recipients-file.ts';
export type {
  RecipientAnswer,
  RecipientDomain,
  RecipientEntry,
  RecipientList,
  RecipientSnapshot,
} from './recipient-list.ts';
export {
  readRecipientsFile,
  type RecipientsFile,
  type RecipientsFileOptions,
} from './recipients-file.ts';
