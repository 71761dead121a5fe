// Everything a site judges strangers with: DNS lists, sender identity, scanners, the operator's lists, greylisting; built once, shared by all
// doors where strangers come in.
import { join } from 'node:path';
import type { BlockLists } from '@restante/block-lists';
import type { DkimKeys } from '@restante/dkim';
import type { HomeKeeper } from '@restante/backup-mx';
import type { EventSink } from '@restante/mail-model';
import {
  createGreylist,
  createHarvestGuard,
  createNetworks,
  createStrangerJudge,
  openOperatorLists,
  type HarvestGuard,
  type OperatorLists,
  type StrangerJudge,
  type StrangerJudgeParts,
} from '@restante/policy';
import type { RecipientList } from '@restante/recipients';
import type { RelayParts, StrangerGuard } from '@restante/relay';
import { connectRedis, timetablePrefix } from '@restante/retry-queue';
import type { Clock, Logger } from '@restante/runtime';
import type { Scanners } from '@restante/scanners';
import type { Homes } from './build-deliverers.ts';
import { buildJudgeParts } from './build-judge-parts.ts';
import type { ClusterSections, SiteView } from './cluster-config.ts';
import { buildHomeRules } from './home-rules.ts';
import type { Reports } from './open-reports.ts';
import type { Stores } from './open-stores.ts';
import type { SitePki } from './pki/read-site-pki.ts';
import { judgementPeers, shareJudgements, type JudgementSharing } from './share-judgements.ts';

export interface JudgingParts {
  readonly view: SiteView;
  /** What the cluster file says for a site. */
  readonly sectionsOf: (site: string) => ClusterSections | undefined;
  readonly parts: RelayParts;
  readonly stores: Pick<Stores, 'scanners'>;
  readonly homes: Pick<Homes, 'resolver'>;
  readonly pki: SitePki;
  readonly keys: DkimKeys;
  readonly reports: Pick<Reports, 'onDmarc'>;
  readonly keepers: readonly HomeKeeper[];
  readonly listFor: (domain: string) => RecipientList | undefined;
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stack: AsyncDisposableStack;
}

export interface Judging {
  readonly harvest: HarvestGuard;
  readonly operatorLists: OperatorLists;
  readonly lists: BlockLists;
  readonly scanners: Scanners;
  /** With the other sites: the operator's lists, and who is blocked for guessing. */
  readonly sharing: JudgementSharing;
  /** Absent where the operator switched judging off. */
  readonly judge: StrangerGuard | undefined;
  /** For trying out. */
  readonly judgeParts: StrangerJudgeParts;
}

export async function openJudging(options: JudgingParts): Promise<Judging> {
  const { view, clock, onEvent, logger, stack } = options;
  const { scanners } = options.stores;
  const { site } = view;
  const { redis } = stack.use(connectRedis(site.redis));
  const redisPrefix = `${timetablePrefix(site.name)}:`;
  const operatorLists = stack.use(
    await openOperatorLists({
      dir: join(site.dir, 'policy'),
      clock,
      onDamaged: (lines) =>
        logger.error({ lines }, 'Lines of the block and allow lists were damaged and set aside.'),
    }),
  );
  const harvest = stack.use(
    createHarvestGuard({
      unknownMax: view.policy.harvestUnknownMax,
      networkUnknownMax: view.policy.harvestNetworkUnknownMax,
      windowMs: view.policy.harvestWindowMs,
      blockMs: view.policy.harvestBlockMs,
      addressesRemembered: view.policy.addressesRemembered,
      redis,
      redisPrefix,
      site: site.name,
      onBlock: ({ subject }) => {
        onEvent({ name: 'harvest.blocked', subject });
        sharing?.tellSoon();
      },
      onRedis: (cause) =>
        cause === undefined
          ? logger.info(
              {},
              'Guessed recipients are counted together by the nodes of the site again.',
            )
          : logger.warn(
              { cause },
              'Redis does not answer: each node counts guessed recipients alone.',
            ),
      clock,
    }),
  );
  const peers = judgementPeers(options);
  for (const peer of peers) stack.use(peer);
  const sharing: JudgementSharing = stack.use(
    shareJudgements({
      peers,
      lists: operatorLists,
      guard: harvest,
      clock,
      onPeer: (peer, cause) =>
        cause === undefined
          ? logger.info({ peer }, 'Lists and blocks are shared with the peer again.')
          : logger.warn(
              { peer, cause },
              'The peer cannot be told of lists and blocks; it is told later.',
            ),
    }),
  );
  const greylist = view.greylist.enabled
    ? createGreylist({ ...view.greylist, redis, redisPrefix, clock, onEvent })
    : undefined;
  const rules = buildHomeRules(options, greylist);
  const judgeParts = buildJudgeParts(options, { operatorLists, rules, scanners });
  return {
    harvest,
    operatorLists,
    lists: rules.lists,
    scanners,
    sharing,
    judgeParts,
    judge: isJudging(options) ? guardOf(view, createStrangerJudge(judgeParts)) : undefined,
  };
}

/** A site that judges nobody of its own still judges for the homes that want it. */
function isJudging({ view, sectionsOf }: JudgingParts): boolean {
  return view.topology.sites.some(({ name }) => sectionsOf(name)?.judging.enabled !== false);
}

/** Exempt networks are not judged: an office, a forwarder of our people. */
function guardOf(view: SiteView, judge: StrangerJudge): StrangerGuard {
  const exempt = createNetworks(view.judging.exemptNetworks);
  return { ...judge, isJudged: ({ remoteAddress }) => !exempt.includes(remoteAddress) };
}
