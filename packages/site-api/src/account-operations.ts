// What the home of mailboxes can be asked and told about its people. Everything may be said twice: the second time changes
// nothing. Holds no logic.
import type { SendingOperations, SuspensionRow } from './sending-operations.ts';

export interface AccountOperations extends SendingOperations {
  /** ALREADY_THERE for an account of that name. */
  add(account: NewAccountRow): Promise<AccountRow>;
  list(domain?: string): Promise<readonly AccountRow[]>;
  /** NOT_FOUND when there is none. */
  show(address: string): Promise<AccountRow>;
  remove(address: string): Promise<void>;
  setPassword(address: string, password: string): Promise<void>;
  setState(address: string, state: AccountRow['state']): Promise<void>;
  /** Exactly what is named is changed; null takes a limit away. */
  setQuota(address: string, change: QuotaChange): Promise<void>;
  /** Exactly what is named is changed. */
  setFiltering(address: string, change: FilteringChange): Promise<void>;
  /** At most importRowsMax rows; an answer for each, in their order. */
  import(request: ImportRequest): Promise<readonly ImportedRow[]>;
  /** With what is kept of the passwords. */
  exportWithHashes(domain?: string): Promise<readonly ExportedRow[]>;

  appPasswords(address: string): Promise<readonly AppPasswordRow[]>;
  /** The only time the secret is shown. */
  addAppPassword(
    address: string,
    wanted: { readonly label: string; readonly scopes: readonly AppPasswordScope[] },
  ): Promise<AppPasswordRow & { readonly secret: string }>;
  /** NOT_FOUND when there is none of that id. */
  revokeAppPassword(address: string, id: string): Promise<void>;

  aliases(domain?: string): Promise<readonly AliasRow[]>;
  setAlias(address: string, targets: readonly string[]): Promise<void>;
  removeAlias(address: string): Promise<void>;
  catchAlls(): Promise<readonly CatchAllRow[]>;
  setCatchAll(domain: string, target: string | undefined): Promise<void>;
}

export interface NewAccountRow {
  readonly address: string;
  readonly password: string;
  readonly quotaBytes?: number;
  readonly quotaMessages?: number;
}

export interface AccountRow {
  readonly address: string;
  readonly state: 'active' | 'suspended';
  /** Its own; absent: the site's default holds. */
  readonly quotaBytes?: number;
  readonly quotaMessages?: number;
  readonly usageBytes: number;
  readonly usageMessages?: number;
  /** To the hour. */
  readonly lastLoginAtMs?: number;
  /** Where mail goes that is likely spam; absent: into the Junk folder. */
  readonly junk?: 'inbox';
  /** "off": its mail is not judged by what it says; absent: as usual. */
  readonly filtering?: 'off';
  /** Why it may not send, or not do anything. */
  readonly suspension?: SuspensionRow;
  /** Its own; absent: the site's hold. */
  readonly sendLimits?: { readonly recipientsPerHour?: number; readonly recipientsPerDay?: number };
}

export interface FilteringChange {
  readonly junk?: 'folder' | 'inbox';
  readonly filtering?: 'normal' | 'off';
}

export interface QuotaChange {
  readonly quotaBytes?: number | null;
  readonly quotaMessages?: number | null;
}

/** A password, or a hash in Dovecot's notation; neither for accounts that are there already. */
export interface ImportRow {
  readonly address: string;
  readonly password?: string;
  readonly passwordHash?: string;
  readonly state?: AccountRow['state'];
  readonly quotaBytes?: number;
  readonly quotaMessages?: number;
}

export interface ImportRequest {
  readonly rows: readonly ImportRow[];
  readonly ifThere: 'keep' | 'update';
  readonly isDryRun: boolean;
}

export interface ImportedRow {
  readonly address: string;
  readonly kind: 'added' | 'updated' | 'unchanged' | 'refused';
  /** Why it was refused. */
  readonly problem?: string;
}

export interface ExportedRow extends AccountRow {
  readonly passwordHash: string;
}

export type AppPasswordScope = 'imap' | 'pop3' | 'submission' | 'web' | 'all';

export interface AppPasswordRow {
  readonly id: string;
  readonly label: string;
  readonly scopes: readonly AppPasswordScope[];
  readonly createdAtMs: number;
  readonly lastUsedAtMs?: number;
}

export interface AliasRow {
  readonly address: string;
  readonly targets: readonly string[];
}

export interface CatchAllRow {
  readonly domain: string;
  readonly target: string;
}
