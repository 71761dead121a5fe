// Answers from one snapshot. A look-up is two map accesses; building is one pass.
import { domainOf, localPartOf } from '@restante/mail-model';
import { localKey } from './local-key.ts';
import type {
  RecipientAnswer,
  RecipientDomain,
  RecipientEntry,
  RecipientList,
  RecipientSnapshot,
} from './recipient-list.ts';

interface ListedDomain {
  readonly domain: RecipientDomain;
  readonly entries: ReadonlyMap<string, ListedEntry>;
  readonly known: RecipientAnswer;
  readonly unjudged: RecipientAnswer;
}

type ListedEntry = Pick<RecipientEntry, 'state' | 'filtering'>;

const unknown: RecipientAnswer = { kind: 'unknown' };
const noList: RecipientAnswer = { kind: 'no-list' };
const full: RecipientAnswer = { kind: 'full' };
const suspended: RecipientAnswer = { kind: 'suspended' };

/** The list that answers from this snapshot; from undefined, one that has no list for anybody. */
export function createListOf(snapshot: RecipientSnapshot | undefined): RecipientList {
  const domains = new Map<string, ListedDomain>();
  for (const domain of snapshot?.domains ?? []) domains.set(domain.name, listed(domain));
  return {
    snapshot,
    lookup(address) {
      const listedDomain = domains.get(domainOf(address));
      // A domain its home does not name yet, or any more: never a guess.
      return listedDomain === undefined ? noList : answerFor(listedDomain, localPartOf(address));
    },
  };
}

function listed(domain: RecipientDomain): ListedDomain {
  const entries = new Map<string, ListedEntry>();
  for (const entry of domain.entries) entries.set(localKey(entry.local, domain), entry);
  const { messageMaxBytes } = domain;
  const known = {
    kind: 'known',
    ...(messageMaxBytes !== undefined && { messageMaxBytes }),
  } as const;
  return { domain, entries, known, unjudged: { ...known, filtering: 'off' } };
}

function answerFor(listedDomain: ListedDomain, written: string): RecipientAnswer {
  const { domain, known, unjudged } = listedDomain;
  const entry = entryOf(listedDomain, localKey(written, domain));
  switch (entry?.state) {
    case 'active':
      return entry?.filtering === 'off' ? unjudged : known;
    case 'full':
      return full;
    case 'suspended':
      return suspended;
    case undefined:
      return domain.catchAll === undefined || written === '' ? unknown : known;
  }
}

/** By name, then without tags. The separator may be part of a name, so the longest name wins. */
function entryOf({ domain, entries }: ListedDomain, local: string): ListedEntry | undefined {
  const exact = entries.get(local);
  const separator = domain.tagSeparator;
  if (exact !== undefined || separator === '') return exact;
  for (let at = local.lastIndexOf(separator); at > 0; at = local.lastIndexOf(separator, at - 1)) {
    const entry = entries.get(local.slice(0, at));
    if (entry !== undefined) return entry;
  }
  return undefined;
}
