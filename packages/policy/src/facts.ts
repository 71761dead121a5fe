// What checks know at each stage, and what they can find out. A stage knows all that the former ones knew.
//
// What costs something is a function: the first check that asks starts it, all others get the same answer.
import type { ArcAnswer, DkimVerification } from '@restante/dkim';
import type { ListHit } from '@restante/block-lists';
import type { ScanReport } from '@restante/scanners';
import type { DmarcAnswer, ReverseNameAnswer, SpfAnswer } from '@restante/sender-auth';
import type { OperatorEntry } from './operator-lists/operator-lists.ts';

export interface SenderFacts {
  /** When it is judged; milliseconds since 1970. */
  readonly nowMs: number;
  readonly clientAddress: string;
  readonly helo: string;
  /** MAIL FROM; '' is the null reverse-path. */
  readonly sender: string;
  spf(): Promise<SpfAnswer>;
  reverseName(): Promise<ReverseNameAnswer>;
  /** Lists the client's address is on. */
  addressHits(): Promise<readonly ListHit[]>;
  /** Lists the domains of MAIL FROM and HELO are on. */
  domainHits(): Promise<readonly ListHit[]>;
}

export interface RecipientFacts extends SenderFacts {
  readonly recipient: string;
  /** What the operator, or the recipient himself, has written down about this client, sender and recipient. */
  readonly entries: readonly OperatorEntry[];
  /** The home of this recipient is away: what is asked to come back may find nobody at all. */
  readonly isHomeAway: boolean;
}

/** An entry that lets this mail in, and which name it knows: MAIL FROM, or an author in From. */
export interface Welcome {
  readonly entry: OperatorEntry;
  readonly by: 'sender' | 'author';
}

export interface ContentFacts extends SenderFacts {
  readonly recipients: readonly string[];
  /** Domains of every address in every From field. */
  readonly fromDomains: readonly string[];
  readonly fromFields: number;
  /** Of the longest. */
  readonly fromBytes: number;
  /** What is written down in favour of this mail, for each recipient. */
  readonly welcomes: readonly (readonly Welcome[])[];
  dkim(): Promise<readonly DkimVerification[]>;
  arc(): Promise<ArcAnswer>;
  dmarc(): Promise<DmarcAnswer>;
  scan(): Promise<ScanReport>;
}
