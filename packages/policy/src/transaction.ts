// What is known of one stranger's MAIL ... DATA: the facts, found out once; what the rules of a home make of them; the profile its
// recipients share.
import type { ListHit } from '@restante/block-lists';
import type { EventSink } from '@restante/mail-model';
import type { ReverseNameAnswer, ReverseNames, Spf } from '@restante/sender-auth';
import { domainOf } from '@restante/mail-model';
import { evaluate, type Finding } from './evaluate.ts';
import type { SenderFacts } from './facts.ts';
import { once, onceEach } from './once.ts';
import type { Profile } from './profile.ts';
import type { Rules } from './rules.ts';

export interface SenderTools {
  readonly spf: Spf;
  readonly reverseNames: ReverseNames;
}

/** What does not change within a session: looked up once for all its messages. */
export interface ClientFacts {
  reverseName(): Promise<ReverseNameAnswer>;
  hitsOn(lists: Rules['lists']): Promise<readonly ListHit[]>;
}

export function clientFacts(tools: SenderTools, clientAddress: string): ClientFacts {
  return {
    reverseName: once(async () => tools.reverseNames.check(clientAddress)),
    hitsOn: onceEach(async (lists: Rules['lists']) => lists.address(clientAddress)),
  };
}

export interface Transaction {
  /** As the rules of a home see them: homes may believe different lists. */
  factsFor(rules: Rules): SenderFacts;
  /** Of the sender's checks of a home. */
  findingsFor(rules: Rules): Promise<readonly Finding[]>;
  /** Of the first recipient that was taken; the others must have the same. */
  profile?: Profile;
  /** That recipient has written down that he wants this sender's mail. */
  isWelcome?: boolean;
}

export function beginTransaction(
  { tools, onEvent }: { readonly tools: SenderTools; readonly onEvent: EventSink },
  client: ClientFacts,
  said: Pick<SenderFacts, 'nowMs' | 'clientAddress' | 'helo' | 'sender'>,
): Transaction {
  const { clientAddress, helo, sender } = said;
  const spf = once(async () => tools.spf.check({ clientAddress, helo, sender }));
  const factsFor = onceEach((rules: Rules): SenderFacts => ({
    ...said,
    reverseName: client.reverseName,
    spf,
    addressHits: async () => client.hitsOn(rules.lists),
    domainHits: once(async () => {
      const domains = new Set([domainOf(sender), helo.toLowerCase()].filter(isName));
      const asked = [...domains].map(async (domain) => rules.lists.domain(domain));
      return (await Promise.all(asked)).flat();
    }),
  }));
  return {
    factsFor,
    findingsFor: onceEach(async (rules: Rules) =>
      evaluate(rules.senderChecks, factsFor(rules), onEvent),
    ),
  };
}

function isName(domain: string): boolean {
  return domain.includes('.') && !/[[\]:\s]/.test(domain) && !/^[\d.]+$/.test(domain);
}
