// What operators have written down about strangers, and who is blocked for guessing addresses: as operators ask for it at one site,
// and as sites tell it each other. Holds no logic.

export interface ListOperations {
  /** Entries that hold now, by id. A subject is compared as it is understood: "192.0.2.1" and "::ffff:192.0.2.1" are the same. */
  list(filter: ListFilter): Promise<ListPage>;
  /** The same again changes reason, author and expiry. BAD_REQUEST says what is wrong with it. */
  add(entry: NewListEntry): Promise<ListEntryRow>;
  /** False when there is none of that id. */
  remove(id: string, author: string): Promise<boolean>;
  harvestBlocks(): Promise<readonly HarvestBlockRow[]>;
  /** False when it was not blocked. */
  harvestUnblock(subject: string): Promise<boolean>;
}

export type ListName = 'block' | 'allow';

export interface ListFilter {
  readonly list?: ListName;
  readonly subject?: string;
  readonly for?: string;
  readonly limit: number;
  /** Id after which to go on. */
  readonly after?: string;
}

export interface ListPage {
  readonly rows: readonly ListEntryRow[];
  readonly total: number;
  readonly next?: string;
}

export interface NewListEntry {
  readonly list: ListName;
  readonly subject: string;
  /** Only for mail to this account or domain. */
  readonly for?: string;
  readonly reason: string;
  readonly author: string;
  readonly expiresAtMs?: number;
}

export interface ListEntryRow extends NewListEntry {
  readonly id: string;
  readonly kind: 'network' | 'domain' | 'sender';
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

export interface HarvestBlockRow {
  /** An address, or the network around several. */
  readonly subject: string;
  readonly untilMs: number;
  /** The site it began at. */
  readonly from: string;
}

/** Between sites: what one knows, and what it has to say. */
export interface SharedJudgementOperations {
  /** What came about behind a cursor of an earlier answer; all of it for none, or for one of an earlier life of the site. */
  since(cursor: string | undefined): Promise<JudgementPage>;
  /** Said by the site of that name; answers how much of it was news. */
  note(site: string, told: Judgements): Promise<JudgementNews>;
}

export interface Judgements {
  /** Entries of lists, tombstones included. Any shape: their reader judges them. */
  readonly entries: readonly unknown[];
  /** Blocks that began at the site that tells. */
  readonly blocks: readonly SharedBlock[];
}

export interface SharedBlock {
  readonly subject: string;
  /** Not a time: clocks of two sites differ. */
  readonly leftMs: number;
}

export interface JudgementPage extends Judgements {
  readonly cursor: string;
  readonly hasMore: boolean;
}

export interface JudgementNews {
  readonly news: number;
}
