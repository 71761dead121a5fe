// The public face of @restante/mailbox-store.
export { mailboxesSection } from './config.ts';
export { mailboxStoreFailures, MailboxStoreError, type MailboxStoreFailureCode } from './errors.ts';
export type {
  AppendAnswer,
  AppendRequest,
  MailboxRepair,
  MailboxStore,
  MailboxStoreOptions,
  TaughtByMoving,
} from './mailbox-store.ts';
export type {
  AppendedAnswer,
  AppendedMessage,
  CopyAnswer,
  FlagChange,
  FlagsAnswer,
  Folder,
  FolderAnswer,
  FolderChange,
  FolderEntry,
  FolderName,
  FolderStatus,
  Mailbox,
  Message,
  RecoverableFilter,
  RecoverableMessage,
  SpecialUse,
  UndeleteAnswer,
} from './mailbox.ts';
export { recoverableFolder } from './folders/folder-name.ts';
export { openMailboxStore } from './open-mailbox-store.ts';
