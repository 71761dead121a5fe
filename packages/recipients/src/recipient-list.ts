// Who exists. The home publishes a list; the backup answers RCPT from its mirror of it, home up or not (law 4).
//
// Promise: lookup() is synchronous and depends on nobody; the mirror on disk is the last one that was received whole.

/**
 * One snapshot of the people of a home; also the shape on the wire and on disk. It travels whole, and only when epoch or
 * version differ from what the mirror has: some 40 bytes a person, so that deltas are not worth their edge cases yet.
 */
export interface RecipientSnapshot {
  /** Counts up with every change at the home; a mirror never goes back unless `epoch` changes. */
  readonly version: number;
  /** Random id of the home's account database; a restored or rebuilt home has a new one. */
  readonly epoch: string;
  readonly site: string;
  readonly madeAtMs: number;
  readonly domains: readonly RecipientDomain[];
}

export interface RecipientDomain {
  readonly name: string;
  /** Character between a person and her tag ("ana+news"); empty for none. */
  readonly tagSeparator: string;
  /** Local parts differ by case here. Nearly always false. */
  readonly isCaseSensitive: boolean;
  readonly messageMaxBytes?: number;
  /** Everything unknown goes here; absent: unknown is refused. */
  readonly catchAll?: string;
  readonly entries: readonly RecipientEntry[];
}

export interface RecipientEntry {
  /** Local part as the domain's case rule stores it. */
  readonly local: string;
  readonly state: 'active' | 'full' | 'suspended';
  /** This person wants what comes as it comes; absent: judged as usual. */
  readonly filtering?: 'off';
}

export type RecipientAnswer =
  | {
      readonly kind: 'known';
      readonly messageMaxBytes?: number;
      /** "off": this person wants no mail of theirs judged by what it says. */
      readonly filtering?: 'off';
    }
  | { readonly kind: 'unknown' }
  /** 452 4.2.2: try later. */
  | { readonly kind: 'full' }
  /** 550 5.2.1: mailbox disabled. */
  | { readonly kind: 'suspended' }
  /** 450: we have no list for this domain yet; never a guess. */
  | { readonly kind: 'no-list' };

export interface RecipientList {
  /** `address` as in the envelope. */
  lookup(address: string): RecipientAnswer;
  /** Snapshot this answers from. */
  readonly snapshot: RecipientSnapshot | undefined;
}
