// What we evaluated about mail in the name of others: the words of an aggregate report (RFC 9990 §3.1).

/** The record that applied, defaults filled in. */
export interface PublishedPolicy {
  readonly p: 'none' | 'quarantine' | 'reject';
  readonly sp?: 'none' | 'quarantine' | 'reject';
  readonly np?: 'none' | 'quarantine' | 'reject';
  readonly adkim: 'r' | 's';
  readonly aspf: 'r' | 's';
  readonly isTesting: boolean;
  readonly fo: string;
}

export interface EvaluatedRow {
  readonly sourceAddress: string;
  readonly headerFrom: string;
  /** Domain of MAIL FROM; empty for the null sender. */
  readonly envelopeFrom: string;
  /** What we did: "pass" for a message that passed a policy that asks for something. */
  readonly disposition: 'none' | 'pass' | 'quarantine' | 'reject';
  readonly dkimAligned: boolean;
  readonly spfAligned: boolean;
  /** Why something else was done than the domain asks for (RFC 9990 §3.1.6). */
  readonly override?: {
    readonly type:
      | 'local_policy'
      | 'mailing_list'
      | 'other'
      | 'policy_test_mode'
      | 'trusted_forwarder';
    readonly comment?: string;
  };
  readonly dkim: readonly {
    readonly domain: string;
    readonly selector: string;
    readonly result: string;
  }[];
  readonly spf?: { readonly domain: string; readonly result: string };
}

export interface CountedRow extends EvaluatedRow {
  readonly count: number;
}
