// The public face of @restante/mailbox-store.
export { mailboxesSection } from './config.ts';
export type { AddressRules } from './canonical-address.ts';
export { mailboxStoreFailures, MailboxStoreError, type MailboxStoreFailureCode } from './errors.ts';
export type {
  Account,
  AccountBook,
  Alias,
  AppendAnswer,
  AppendRequest,
  MailboxRepair,
  MailboxStore,
  MailboxStoreOptions,
  NewAccount,
} from './mailbox-store.ts';
export type {
  AppendedAnswer,
  AppendedMessage,
  CopyAnswer,
  FlagChange,
  Folder,
  FolderAnswer,
  FolderChange,
  FolderEntry,
  FolderName,
  FolderStatus,
  Mailbox,
  Message,
  SpecialUse,
} from './mailbox.ts';
export { openMailboxStore } from './open-mailbox-store.ts';
