// The rules of every home of the cluster, as the cluster file has them; a door judges by those of the home its mail is for, so that no backup is
// a side door. Homes with the same settings share their rules, and one transaction may hold people of both.
//
// What is a matter of the door and not of the mail stays the door's: its scanners, greylisting, budgets, and who is exempt.
import { createBlockLists, listsOf, type BlockLists } from '@restante/block-lists';
import { domainOf, localPartOf } from '@restante/mail-model';
import {
  buildChecks,
  profilesOf,
  type Greylist,
  type Profile,
  type Profiles,
  type Rules,
} from '@restante/policy';
import type { ClusterSections } from './cluster-config.ts';
import type { JudgingParts } from './open-judging.ts';
import { ownDomains } from './own-domains.ts';

export interface HomeRules {
  /** Every set there is. */
  readonly all: readonly Rules[];
  /** The lists this site believes for its own mail. */
  readonly lists: BlockLists;
  profileOf(recipient: string): Profile;
}

type Sections = Pick<ClusterSections, 'judging' | 'block_lists' | 'scanners'>;

export function buildHomeRules(options: JudgingParts, greylist: Greylist | undefined): HomeRules {
  const { view, sectionsOf } = options;
  const lists = new Map<string, BlockLists>();
  const sets = new Map<string, Profiles>();
  const listsFor = (sections: Sections): BlockLists => {
    const key = JSON.stringify(listsOf(sections.block_lists));
    const known = lists.get(key);
    if (known !== undefined) return known;
    const made = openLists(options, sections);
    lists.set(key, made);
    return made;
  };
  const profilesFor = (site: string): Profiles => {
    const sections: Sections = sectionsOf(site) ?? view;
    const key = JSON.stringify([sections.judging, sections.block_lists, thresholds(sections)]);
    const known = sets.get(key);
    if (known !== undefined) return known;
    const rules = rulesFrom(options, { sections, greylist, lists: listsFor(sections) });
    const made = profilesOf(`rules of ${site}`, rules, sections.judging);
    sets.set(key, made);
    return made;
  };
  const homeOf = new Map(
    view.topology.domains.map(({ name, home }) => [name, profilesFor(home ?? view.site.name)]),
  );
  const own = profilesFor(view.site.name);
  return {
    all: [...sets.values()].map(({ normal }) => normal.rules),
    lists: listsFor(view),
    profileOf: (recipient) => {
      const domain = domainOf(recipient);
      const profiles = homeOf.get(domain) ?? own;
      return isOpen(options, recipient)
        ? profiles.unfiltered
        : (profiles.byDomain.get(domain) ?? profiles.normal);
    },
  };
}

function openLists({ view, homes, clock, onEvent, stack }: JudgingParts, sections: Sections) {
  const { budgetMs } = view.block_lists;
  const { healthEveryMs, privateAddresses } = sections.block_lists;
  return stack.use(
    createBlockLists({
      lists: listsOf(sections.block_lists),
      budgetMs,
      healthEveryMs,
      privateAddresses,
      resolver: homes.resolver,
      clock,
      onEvent,
    }),
  );
}

interface RulesOf {
  readonly sections: Sections;
  readonly lists: BlockLists;
  readonly greylist: Greylist | undefined;
}

function rulesFrom(options: JudgingParts, { sections, lists, greylist }: RulesOf): Rules {
  const { view, stores } = options;
  const { topology, judging } = view;
  const own = ownDomains(topology.domains);
  const checks = buildChecks({
    settings: {
      ...sections.judging,
      senderBudgetMs: judging.senderBudgetMs,
      contentBudgetMs: judging.contentBudgetMs,
    },
    ...(greylist === undefined ? {} : { greylist }),
    scanners: {
      ...view.scanners,
      ...thresholds(sections),
      isConfigured: stores.scanners.isConfigured,
    },
    ownNames: new Set([...topology.sites.map(({ hostname }) => hostname), ...own]),
    isOurs: (domain) => own.has(domain),
  });
  return { ...checks, lists, subjectMark: sections.judging.subjectMark };
}

function thresholds({ scanners }: Sections) {
  const { likelyScore, definiteScore, refuseScore, whenDown, virus } = scanners;
  return { likelyScore, definiteScore, refuseScore, whenDown, virus };
}

/** RFC 2142: whoever complains must get through. */
const offices = new Set(['postmaster', 'abuse']);

/** Everything is wanted: an office, who said so, or all mail of a home that does not judge. */
function isOpen({ view, sectionsOf, listFor }: JudgingParts, recipient: string): boolean {
  const name = domainOf(recipient);
  const domain = view.topology.domains.find((each) => each.name === name);
  if (offices.has(officeIn(recipient, domain?.tagSeparator ?? ''))) return true;
  if (sectionsOf(domain?.home ?? view.site.name)?.judging.enabled === false) return true;
  const answer = listFor(name)?.lookup(recipient);
  return answer?.kind === 'known' && answer.filtering === 'off';
}

/** As RCPT reads it: in any case, quoted or not, with or without a tag. */
function officeIn(recipient: string, tagSeparator: string): string {
  const local = localPartOf(recipient).toLowerCase().replaceAll('"', '');
  return (tagSeparator === '' ? local : local.split(tagSeparator)[0]) ?? local;
}
