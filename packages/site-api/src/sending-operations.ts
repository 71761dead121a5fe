// What a home can be asked and told about the sending of its people: who may not, why, and how much. Holds no logic.

export interface SendingOperations {
  /** Sending ends at once, what waits is held. Said again, reason and author are new; the stricter scope stays. */
  suspend(address: string, request: SuspendRequest): Promise<SuspendedAnswer>;
  /** Lifts every suspension and lets go what was held for it. */
  resume(address: string): Promise<ResumedAnswer>;
  /** How unusual it sends at this moment, and why. */
  explainSending(address: string): Promise<SendingExplained>;
  /** Exactly what is named is changed; null takes a limit of its own away. */
  setSendLimits(address: string, change: SendLimitsChange): Promise<void>;
}

/** "sending": mail still arrives and is read. "all": nobody logs in, and mail for it is refused. */
export type SuspensionScope = 'sending' | 'all';

export interface SuspensionRow {
  readonly scope: SuspensionScope;
  readonly reason: string;
  readonly sinceMs: number;
  readonly by: 'operator' | 'watch';
  readonly isConfirmedSpammer: boolean;
}

export interface SuspendRequest {
  readonly scope: SuspensionScope;
  readonly reason: string;
  /** Where the abuse came from goes onto the list of blocked networks of all sites. */
  readonly isConfirmedSpammer: boolean;
}

export interface SuspendedAnswer {
  readonly suspension: SuspensionRow;
  readonly heldMessages: number;
  /** With a confirmed spammer: addresses and networks he sent from of late and never before. */
  readonly places: readonly AbusePlaceRow[];
}

export interface AbusePlaceRow {
  readonly subject: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly messages: number;
}

export interface ResumedAnswer {
  readonly wasSuspended: boolean;
  readonly releasedMessages: number;
}

export interface SendingExplained {
  readonly points: number;
  readonly findings: readonly {
    readonly signal: string;
    readonly points: number;
    readonly says: string;
  }[];
}

export interface SendLimitsChange {
  readonly recipientsPerHour?: number | null;
  readonly recipientsPerDay?: number | null;
}

/** To other sites: whose mail is to be held wherever it is. */
export interface StoppedRow {
  readonly account: string;
  readonly sinceMs: number;
  readonly isConfirmedSpammer: boolean;
}
