// What the judge of strangers asks, made of the packages that know: which checks, whose thresholds, which names are ours.
import type { BlockLists } from '@restante/block-lists';
import { createArcSealer, createArcVerifier, createDkimVerifier } from '@restante/dkim';
import { domainOf, localPartOf } from '@restante/mail-model';
import {
  buildChecks,
  createGreylist,
  readProfiles,
  unfiltered,
  type OperatorLists,
  type Profile,
  type RedisCaller,
  type StrangerJudgeParts,
} from '@restante/policy';
import type { Scanners } from '@restante/scanners';
import { createDmarc, createReverseNames, createSpf } from '@restante/sender-auth';
import type { JudgingParts } from './open-judging.ts';
import { ownDomains } from './own-domains.ts';

export interface JudgeTools {
  readonly redis: RedisCaller;
  readonly redisPrefix: string;
  readonly operatorLists: OperatorLists;
  readonly lists: BlockLists;
  readonly scanners: Scanners;
}

export function buildJudgeParts(options: JudgingParts, tools: JudgeTools): StrangerJudgeParts {
  const { view, parts, homes, keys, clock, onEvent } = options;
  const { judging: settings, site, topology } = view;
  const { resolver } = homes;
  const { operatorLists, lists, scanners } = tools;
  const budgetMs = settings.senderBudgetMs;
  const hostnames = topology.sites.map(({ hostname }) => hostname);
  const own = ownDomains(topology.domains);
  const checks = buildChecks({
    settings,
    ...(view.greylist.enabled
      ? { greylist: createGreylist({ ...view.greylist, ...tools, onEvent }) }
      : {}),
    scanners: { ...view.scanners, isConfigured: scanners.isConfigured },
    ownNames: new Set([...hostnames, ...own]),
    isOurs: (domain) => own.has(domain),
  });
  const dkim = {
    resolver,
    clock,
    budgetMs: settings.contentBudgetMs,
    signaturesMax: settings.signaturesMax,
  };
  return {
    ...checks,
    hostname: site.hostname,
    ownNames: hostnames,
    tools: {
      spf: createSpf({ resolver, hostname: site.hostname, clock, budgetMs }),
      reverseNames: createReverseNames({ resolver, budgetMs }),
      lists,
    },
    dkim: createDkimVerifier(dkim),
    arc: createArcVerifier(dkim),
    dmarc: createDmarc({ resolver, budgetMs }),
    scanners,
    sealer: createArcSealer({ keys, onProblem: (problem) => noteUnsealed(options, problem) }),
    sealsFor: (recipients) => sealingDomain(options, recipients),
    operatorLists,
    subjectMark: settings.subjectMark,
    profileOf: profileFinder(options),
    isHomeAway: (domain) =>
      options.keepers.some(
        (keeper) => keeper.domains.includes(domain) && keeper.health().state !== 'up',
      ),
    nextId: () => parts.ids.next(clock.now()),
    onDmarc: options.reports.onDmarc,
    onEvent,
    clock,
  };
}

/** The mail goes on without it. */
function noteUnsealed({ logger, onEvent }: JudgingParts, problem: string): void {
  logger.warn({ problem }, 'A message went on without our ARC seal.');
  onEvent({ name: 'dkim.failed' });
}

/** RFC 2142: whoever complains must get through. */
const offices = new Set(['postmaster', 'abuse']);

function profileFinder({
  view,
  listFor,
}: Pick<JudgingParts, 'view' | 'listFor'>): (recipient: string) => Profile {
  const normal: Profile = { ...view.judging, name: 'normal', isFiltered: true };
  const open = unfiltered(view.judging);
  const byDomain = readProfiles(view.judging.domains, view.judging);
  return (recipient) => {
    if (offices.has(localPartOf(recipient).toLowerCase())) return open;
    const domain = domainOf(recipient);
    const answer = listFor(domain)?.lookup(recipient);
    if (answer?.kind === 'known' && answer.filtering === 'off') return open;
    return byDomain.get(domain) ?? normal;
  };
}

/** A plain home sees our address instead of the stranger's: it gets what we found under our seal. Our own sites have the hop note. */
function sealingDomain(
  { parts }: Pick<JudgingParts, 'parts'>,
  recipients: readonly string[],
): string | undefined {
  return recipients.map(domainOf).find((domain) => {
    const route = parts.router.routeOf(`postmaster@${domain}`);
    return route.startsWith('host:');
  });
}
