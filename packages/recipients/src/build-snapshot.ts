// Makes the snapshot of a home out of its account book. Pure: the shapes are structural, so no store is imported.
//
// The version counts changes of the book, but the rules of the domains stand in the cluster file: a domain more, or another
// tag separator, must reach a mirror too. So the rules are a part of the epoch, and new rules replace everything.
import { createHash } from 'node:crypto';
import { domainOf, localPartOf } from '@restante/mail-model';
import { localKey } from './local-key.ts';
import type { RecipientDomain, RecipientEntry, RecipientSnapshot } from './recipient-list.ts';

type Rules = Omit<RecipientDomain, 'catchAll' | 'entries'>;

export interface SnapshotInput {
  readonly site: string;
  readonly epoch: string;
  readonly version: number;
  readonly madeAtMs: number;
  readonly domains: readonly Rules[];
  readonly accounts: Iterable<{
    readonly address: string;
    readonly state: 'active' | 'suspended';
    readonly isFull?: boolean;
    readonly filtering?: 'off';
  }>;
  /** An alias is left unjudged when everybody behind it wants that. */
  readonly aliases: Iterable<{ readonly address: string; readonly filtering?: 'off' }>;
  /** Domain to target. */
  readonly catchAlls: ReadonlyMap<string, string>;
}

/** People of domains that are not listed are left out. */
export function buildSnapshot(input: SnapshotInput): RecipientSnapshot {
  const domains = input.domains.map(rulesOf);
  const people = new Map(
    domains.map((domain) => [domain.name, { domain, entries: new Map<string, RecipientEntry>() }]),
  );
  const put = (address: string, state: RecipientEntry['state'], filtering?: 'off') => {
    const known = people.get(domainOf(address));
    if (known === undefined) return;
    const local = localKey(localPartOf(address), known.domain);
    known.entries.set(local, { local, state, ...(filtering !== undefined && { filtering }) });
  };
  for (const { address, state, isFull, filtering } of input.accounts) {
    put(address, state === 'active' && isFull === true ? 'full' : state, filtering);
  }
  // An alias goes before an account of the same name: its mail reaches others, so the mailbox's state is not the answer.
  for (const { address, filtering } of input.aliases) put(address, 'active', filtering);
  return {
    version: input.version,
    epoch: `${input.epoch}.${digestOf(domains)}`,
    site: input.site,
    madeAtMs: input.madeAtMs,
    domains: [...people.values()].map(({ domain, entries }) => {
      const catchAll = input.catchAlls.get(domain.name);
      return {
        ...domain,
        ...(catchAll !== undefined && { catchAll }),
        entries: [...entries.values()],
      };
    }),
  };
}

/** Nothing but the rules, in one order: callers hand in larger things. */
function rulesOf({ name, tagSeparator, isCaseSensitive, messageMaxBytes }: Rules): Rules {
  return {
    name,
    tagSeparator,
    isCaseSensitive,
    ...(messageMaxBytes !== undefined && { messageMaxBytes }),
  };
}

function digestOf(domains: readonly Rules[]): string {
  return createHash('sha256').update(JSON.stringify(domains)).digest('hex').slice(0, 12);
}
