// What is known of one stranger's MAIL ... DATA: the facts, found out once; the findings of its stages; the profile its recipients share.
import type { BlockLists, ListHit } from '@restante/block-lists';
import type { ReverseNameAnswer, ReverseNames, Spf } from '@restante/sender-auth';
import { domainOf } from '@restante/mail-model';
import type { Finding } from './evaluate.ts';
import type { SenderFacts } from './facts.ts';
import { once } from './once.ts';
import type { Profile } from './profile.ts';

export interface SenderTools {
  readonly spf: Spf;
  readonly reverseNames: ReverseNames;
  readonly lists: BlockLists;
}

/** What does not change within a session: looked up once for all its messages. */
export interface ClientFacts {
  reverseName(): Promise<ReverseNameAnswer>;
  addressHits(): Promise<readonly ListHit[]>;
}

export function clientFacts(tools: SenderTools, clientAddress: string): ClientFacts {
  return {
    reverseName: once(async () => tools.reverseNames.check(clientAddress)),
    addressHits: once(async () => tools.lists.address(clientAddress)),
  };
}

export interface Transaction {
  readonly facts: SenderFacts;
  /** Of the sender's checks; they began at MAIL and are waited for at RCPT. */
  readonly findings: Promise<readonly Finding[]>;
  /** Of the first recipient that was taken; the others must have the same. */
  profile?: Profile;
  /** That recipient has written down that he wants this sender's mail. */
  isWelcome?: boolean;
}

export function senderFacts(
  tools: SenderTools,
  client: ClientFacts,
  said: Pick<SenderFacts, 'nowMs' | 'clientAddress' | 'helo' | 'sender'>,
): SenderFacts {
  const { clientAddress, helo, sender } = said;
  return {
    ...said,
    ...client,
    spf: once(async () => tools.spf.check({ clientAddress, helo, sender })),
    domainHits: once(async () => {
      const domains = new Set([domainOf(sender), helo.toLowerCase()].filter(isName));
      return (
        await Promise.all([...domains].map(async (domain) => tools.lists.domain(domain)))
      ).flat();
    }),
  };
}

function isName(domain: string): boolean {
  return domain.includes('.') && !/[[\]:\s]/.test(domain) && !/^[\d.]+$/.test(domain);
}
