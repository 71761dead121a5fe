// Makes the snapshot of a home out of its account book. Pure: the shapes are structural, so no store is imported.
import { domainOf, localPartOf } from '@restante/mail-model';
import { localKey } from './local-key.ts';
import type { RecipientDomain, RecipientEntry, RecipientSnapshot } from './recipient-list.ts';

export interface SnapshotInput {
  readonly site: string;
  readonly epoch: string;
  readonly version: number;
  readonly madeAtMs: number;
  readonly domains: readonly Omit<RecipientDomain, 'catchAll' | 'entries'>[];
  readonly accounts: Iterable<{
    readonly address: string;
    readonly state: 'active' | 'suspended';
    readonly isFull?: boolean;
  }>;
  readonly aliases: Iterable<{ readonly address: string }>;
  /** Domain to target. */
  readonly catchAlls: ReadonlyMap<string, string>;
}

/** People of domains that are not listed are left out. */
export function buildSnapshot(input: SnapshotInput): RecipientSnapshot {
  const { site, epoch, version, madeAtMs } = input;
  const states = new Map(
    input.domains.map((domain) => [
      domain.name,
      { domain, entries: new Map<string, RecipientEntry['state']>() },
    ]),
  );
  const put = (address: string, state: RecipientEntry['state']) => {
    const known = states.get(domainOf(address));
    known?.entries.set(localKey(localPartOf(address), known.domain), state);
  };
  for (const { address, state, isFull } of input.accounts)
    put(address, state === 'active' && isFull === true ? 'full' : state);
  // An alias goes before an account of the same name: its mail reaches others, so the mailbox's state is not the answer.
  for (const { address } of input.aliases) put(address, 'active');
  return {
    version,
    epoch,
    site,
    madeAtMs,
    domains: [...states.values()].map(({ domain, entries }) => {
      const catchAll = input.catchAlls.get(domain.name);
      return {
        ...domain,
        ...(catchAll !== undefined && { catchAll }),
        entries: [...entries].map(([local, state]) => ({ local, state })),
      };
    }),
  };
}
