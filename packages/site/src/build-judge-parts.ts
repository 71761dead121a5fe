// What the judge of strangers asks, made of the packages that know: which checks, whose thresholds, which names are ours.
import { createArcSealer, createArcVerifier, createDkimVerifier } from '@restante/dkim';
import { domainOf } from '@restante/mail-model';
import type { OperatorLists, StrangerJudgeParts } from '@restante/policy';
import type { Scanners } from '@restante/scanners';
import { createDmarc, createReverseNames, createSpf } from '@restante/sender-auth';
import type { JudgingParts } from './open-judging.ts';
import type { HomeRules } from './home-rules.ts';

export interface JudgeTools {
  readonly operatorLists: OperatorLists;
  readonly rules: HomeRules;
  readonly scanners: Scanners;
}

export function buildJudgeParts(options: JudgingParts, tools: JudgeTools): StrangerJudgeParts {
  const { view, parts, homes, keys, clock, onEvent } = options;
  const { judging: settings, site, topology } = view;
  const { resolver } = homes;
  const { operatorLists, rules, scanners } = tools;
  const budgetMs = settings.senderBudgetMs;
  const hostnames = topology.sites.map(({ hostname }) => hostname);
  const dkim = {
    resolver,
    clock,
    budgetMs: settings.contentBudgetMs,
    signaturesMax: settings.signaturesMax,
  };
  return {
    rules: rules.all,
    profileOf: rules.profileOf,
    hostname: site.hostname,
    ownNames: hostnames,
    tools: {
      spf: createSpf({ resolver, hostname: site.hostname, clock, budgetMs }),
      reverseNames: createReverseNames({ resolver, budgetMs }),
    },
    dkim: createDkimVerifier(dkim),
    arc: createArcVerifier(dkim),
    dmarc: createDmarc({ resolver, budgetMs }),
    scanners,
    sealer: createArcSealer({ keys, onProblem: (problem) => noteUnsealed(options, problem) }),
    sealsFor: (recipients) => sealingDomain(options, recipients),
    operatorLists,
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
