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
  readonly states: ReadonlyMap<string, RecipientEntry['state']>;
  readonly known: RecipientAnswer;
}

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
  const states = new Map<string, RecipientEntry['state']>();
  for (const { local, state } of domain.entries) states.set(localKey(local, domain), state);
  const { messageMaxBytes } = domain;
  return {
    domain,
    states,
    known: { kind: 'known', ...(messageMaxBytes !== undefined && { messageMaxBytes }) },
  };
}

function answerFor(listedDomain: ListedDomain, written: string): RecipientAnswer {
  const { domain, known } = listedDomain;
  switch (stateOf(listedDomain, localKey(written, domain))) {
    case 'active':
      return known;
    case 'full':
      return full;
    case 'suspended':
      return suspended;
    case undefined:
      return domain.catchAll === undefined || written === '' ? unknown : known;
  }
}

/** By name, then without tags. The separator may be part of a name, so the longest name wins. */
function stateOf(
  { domain, states }: ListedDomain,
  local: string,
): RecipientEntry['state'] | undefined {
  const exact = states.get(local);
  const separator = domain.tagSeparator;
  if (exact !== undefined || separator === '') return exact;
  for (let at = local.lastIndexOf(separator); at > 0; at = local.lastIndexOf(separator, at - 1)) {
    const state = states.get(local.slice(0, at));
    if (state !== undefined) return state;
  }
  return undefined;
}
