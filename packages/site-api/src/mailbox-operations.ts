// What the home of mailboxes can be asked to do with one: bring mail along, take it away, bring deleted mail back. Long work is a job
// of the site; who asked looks at it as often as he likes. Holds no logic.

export interface MailboxOperations {
  /** The same again while it runs is the same job. NOT_FOUND without such an account; NOT_POSSIBLE while another job has the mailbox. */
  startImport(address: string, request: ImportMailRequest): Promise<TransferJob>;
  startExport(address: string, request: ExportMailRequest): Promise<TransferJob>;
  /** NOT_FOUND for jobs of before a restart. */
  job(id: string): Promise<TransferJob>;
  /** What has been done stays. */
  cancelJob(id: string): Promise<void>;
  /** Deleted mail within the grace period, newest first. */
  recoverable(address: string, filter: RecoverableQuery): Promise<RecoverableList>;
  undelete(address: string, filter: RecoverableQuery): Promise<Undeleted>;
}

export interface ImportMailRequest {
  /** "maildir:PATH", "mbox:PATH" on the site's machine, "imap://user@host[:port]" or "imaps://...". */
  readonly from: string;
  /** For imap and imaps. */
  readonly password?: string;
  /** PEM of the authority of the other server, when the world does not know it. */
  readonly trusted?: string;
  readonly isDryRun: boolean;
}

export interface ExportMailRequest {
  /** "maildir:PATH" or "mbox:PATH" on the site's machine. */
  readonly to: string;
}

export interface TransferJob {
  readonly id: string;
  readonly address: string;
  readonly kind: 'import' | 'export';
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAtMs: number;
  readonly report: TransferJobReport;
  /** Why it failed, for the person who asked. */
  readonly problem?: string;
  /** True when the same may succeed later. */
  readonly isWorthRepeating?: boolean;
}

export interface TransferJobReport {
  /** The one being worked on. */
  readonly folder: string;
  readonly foldersDone: number;
  readonly foldersTotal: number;
  readonly imported: number;
  readonly alreadyThere: number;
  readonly failed: number;
  readonly sizeBytes: number;
  /** The first hundred. */
  readonly problems: readonly {
    readonly folder: string;
    readonly where: string;
    readonly problem: string;
  }[];
  readonly endedEarly?: 'over-quota' | 'cancelled';
}

export interface RecoverableQuery {
  /** Deleted from this folder. */
  readonly folder?: string;
  readonly sinceMs?: number;
}

export interface RecoverableList {
  /** The newest thousand. */
  readonly rows: readonly RecoverableRow[];
  readonly total: number;
}

export interface RecoverableRow {
  readonly uid: number;
  readonly folder: string;
  readonly deletedAtMs: number;
  readonly sizeBytes: number;
  readonly from: string;
  readonly subject: string;
}

export interface Undeleted {
  readonly restored: number;
  /** Stayed where they are, because the mailbox is full. */
  readonly overQuota: number;
}
