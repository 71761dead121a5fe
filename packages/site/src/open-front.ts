// Every door of the site but the operators' and the peers': strangers, our own people, the web. One certificate for all of them.
//
// The plain web opens first, because an authority asks there before it makes a certificate.
import type { HomeKeeper } from '@restante/backup-mx';
import {
  createChallengeBook,
  type CertificateEvent,
  type CertificateSource,
} from '@restante/certificates';
import type { DkimKeys } from '@restante/dkim';
import type { EventSink, Route } from '@restante/mail-model';
import type { OwnRecipients } from '@restante/primary-node';
import type { RelayParts } from '@restante/relay';
import type { Clock, Logger } from '@restante/runtime';
import type { Homes } from './build-deliverers.ts';
import type { ClusterSections, SiteView } from './cluster-config.ts';
import { openCertificates } from './open-certificates.ts';
import { listFinder, openEdges } from './open-edges.ts';
import { openJudging, type Judging } from './open-judging.ts';
import { openMailboxServers } from './open-mailbox-servers.ts';
import { openPeople, type People } from './open-people.ts';
import type { Reports } from './open-reports.ts';
import type { Stores } from './open-stores.ts';
import { openPlainWeb, openTlsWeb } from './open-web.ts';
import type { SitePki } from './pki/read-site-pki.ts';
import { clientNames } from './served-domains.ts';
import { shareSendCounts } from './share-send-counts.ts';

export interface FrontParts {
  readonly view: SiteView;
  readonly sectionsOf: (site: string) => ClusterSections | undefined;
  readonly pki: SitePki;
  readonly stores: Stores;
  readonly parts: RelayParts;
  readonly homes: Homes;
  readonly keys: DkimKeys;
  readonly own: OwnRecipients | undefined;
  readonly reports: Pick<Reports, 'onDmarc'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly keepers: readonly HomeKeeper[];
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stack: AsyncDisposableStack;
}

export interface Front {
  /** By the keys of [site.listen]; only what listens. */
  readonly ports: Readonly<Record<string, number>>;
  readonly people: People | undefined;
  readonly certificates: CertificateSource;
  readonly judging: Judging;
}

export async function openFront(front: FrontParts): Promise<Front> {
  const { view, pki, stores, own, keepers, clock, stack } = front;
  const listFor = listFinder({ view, own, keepers });
  const schedule = liveScheduler(front);
  const judging = await openJudging({ ...front, listFor });
  const { operatorLists } = judging;
  const people = openPeople({ ...front, listFor, schedule, operatorLists });
  if (people !== undefined)
    stack.use(
      shareSendCounts({ ...front, tally: people.tally, suspensions: people.guard.suspensions }),
    );
  const challenges = createChallengeBook();
  const web = await openPlainWeb({ view, challenges, clock, stack });
  const certificates = stack.use(
    await openCertificates({
      view,
      pki,
      challenges,
      clientNames: clientNames(view),
      clock,
      onEvent: (event) => noteCertificate(front, event),
    }),
  );
  const edges = await openEdges({ ...front, listFor, schedule, people, judging, certificates });
  const { mailboxes } = stores;
  const servers =
    mailboxes === undefined || people === undefined
      ? {}
      : await openMailboxServers({ ...front, mailboxes, people, certificates });
  const webTls = await openTlsWeb({ view, challenges, certificates, clock, stack });
  return { ports: { ...edges, ...servers, ...web, ...webTls }, people, certificates, judging };
}

function noteCertificate(
  { onEvent, logger }: Pick<FrontParts, 'onEvent' | 'logger'>,
  event: CertificateEvent,
): void {
  if (event.name === 'certificate.changed')
    return logger.info({ ...event }, 'The certificate the world sees is new.');
  logger.warn({ ...event }, 'The certificate the world sees could not be renewed as it should be.');
  const [, why] = event.name.split('.') as [string, 'refused' | 'order-failed' | 'names-left-out'];
  onEvent({ name: 'certificate.failed', why });
}

/** During a drain live mail passes ahead of the backlog (design §4.4). */
function liveScheduler({
  parts,
  keepers,
}: Pick<FrontParts, 'parts' | 'keepers'>): (id: string, routes: readonly Route[]) => void {
  const byRoute = new Map(keepers.map((keeper) => [keeper.route, keeper]));
  return (id, routes) => {
    for (const route of routes) {
      const ahead = byRoute.get(route)?.isDraining === true;
      parts.timetable.add({ id, route, delayMs: 0, ahead });
    }
  };
}
