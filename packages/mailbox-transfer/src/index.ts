// The public face of @restante/mailbox-transfer.
export type { TransferFailureCode } from './errors.ts';
export { TransferError, transferFailures } from './errors.ts';
export type { ExportOptions, MailTarget } from './export/export-mailbox.ts';
export { exportMailbox, openMailTarget } from './export/export-mailbox.ts';
export type { ImapSourceOptions } from './imap/imap-source.ts';
export { openImapSource } from './imap/imap-source.ts';
export type { ImportOptions } from './import/import-mailbox.ts';
export { importMailbox } from './import/import-mailbox.ts';
export type { MailSource, MessageGlance, SourceFolder, SourceItem } from './mail-source.ts';
export type { MailPlace, OpenSourceOptions } from './open-source.ts';
export { openMailSource, parseMailPlace } from './open-source.ts';
export type { TransferProblem, TransferReport } from './transfer-report.ts';
