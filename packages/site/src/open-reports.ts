// Reports about mail at this site: those of others are read from the mail of our offices and counted; our own are made, where the operator
// wants that, of what was judged here and of what our people call unwanted.
//
// Counts are nobody's mail: a file of them that cannot be opened costs the counts, and the site goes on (law 3).
import { join } from 'node:path';
import {
  createDmarcTally,
  createReportBook,
  type ReportBook,
  type ReportTotals,
} from '@restante/abuse-reports';
import { createDkimSigner, type DkimKeys } from '@restante/dkim';
import { domainOf, type EventSink } from '@restante/mail-model';
import type { DmarcJudged } from '@restante/policy';
import { isOffice, type createLocalDeliverer } from '@restante/primary-node';
import type { RelayParts } from '@restante/relay';
import type { Clock, Logger } from '@restante/runtime';
import { createDmarc } from '@restante/sender-auth';
import type { ReportsOperations } from '@restante/site-api';
import type { Homes } from './build-deliverers.ts';
import type { SiteView } from './cluster-config.ts';
import { createReportsOperations } from './operations/reports-operations.ts';
import type { Stores } from './open-stores.ts';
import { ownDomains } from './own-domains.ts';
import { createBacklog } from './reports/backlog.ts';
import { createComplaints } from './reports/complain.ts';
import { dmarcEvaluation } from './reports/dmarc-evaluation.ts';
import { createDeliveredReading } from './reports/read-delivered.ts';
import { startDailyReports, type DailyParts, type DailyReports } from './reports/send-daily.ts';
import { createOwnSender } from './reports/send-own.ts';
import { tagSeparators } from './route-settings.ts';

export interface ReportsParts {
  readonly view: SiteView;
  readonly stores: Pick<Stores, 'spool' | 'taughtTo'>;
  readonly timetable: RelayParts['timetable'];
  readonly homes: Pick<Homes, 'resolver'>;
  readonly keys: DkimKeys;
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stack: AsyncDisposableStack;
}

type OnDelivered = NonNullable<Parameters<typeof createLocalDeliverer>[0]['onDelivered']>;

export interface Reports {
  /** Absent where nothing is counted. */
  readonly onDelivered?: OnDelivered;
  /** Absent where no DMARC reports are sent. */
  readonly onDmarc?: (judged: DmarcJudged) => void;
  readonly operations?: ReportsOperations;
  /** For gauges. */
  readonly totals?: () => ReportTotals;
}

export function openReports(parts: ReportsParts): Reports {
  const { view, homes, clock, logger, onEvent, stack } = parts;
  const dir = join(view.site.dir, 'reports');
  const names = ownDomains(view.topology.domains);
  const isOurs = (domain: string) =>
    names.has(domain) || names.has(domain.slice(domain.indexOf('.') + 1));
  let book: ReportBook;
  try {
    const { keptForMs } = view.reports;
    book = stack.use(createReportBook({ dir, clock, isOurs, keptForMs, onEvent }));
  } catch (cause) {
    logger.error({ cause }, 'Reports are neither counted nor sent: their counts cannot be opened.');
    return {};
  }
  const backlog = stack.use(createBacklog({ piecesMax: 100, bytesMax: 64 * 1024 * 1024 }));
  const { contact, sendsComplaints, sendsDmarcReports, organization } = view.reports;
  const { hostname } = view.site;
  const dmarc = createDmarc({ resolver: homes.resolver, budgetMs: view.judging.contentBudgetMs });
  const send = createOwnSender(
    { ...parts, site: view.site.name, hostname, spool: parts.stores.spool },
    createDkimSigner({
      keys: parts.keys,
      onProblem: (problem) => logger.warn({ problem }, 'A key for reports of ours cannot be used.'),
    }),
  );
  const sending = { contact: contact ?? '', hostname, dmarc, send, onEvent, clock };
  const daily = sendsDmarcReports
    ? openDaily(parts, { dir, ...sending, organization: organization ?? hostname })
    : undefined;
  // Where nobody judges, nothing proves whose mail it is.
  if (sendsComplaints && view.judging.enabled) {
    const hostnames = new Set(view.topology.sites.map((site) => site.hostname));
    parts.stores.taughtTo.push(createComplaints({ ...sending, hostnames, isOurs, backlog }));
  }
  return {
    onDelivered: createDeliveredReading({
      book,
      getsReports: reportAddresses(view),
      backlog,
      onEvent,
      clock,
    }),
    ...(daily === undefined ? {} : { onDmarc: daily.onDmarc }),
    operations: createReportsOperations(book, daily),
    totals: remembered(() => book.totals(), clock),
  };
}

/** Adding up all days takes a moment: gauges are read more often than they need be. */
function remembered<T>(find: () => T, clock: Clock): () => T {
  let last: { readonly atMs: number; readonly value: T } | undefined;
  return () => {
    const atMs = clock.monotonicMs();
    if (last === undefined || atMs - last.atMs > 60_000) last = { atMs, value: find() };
    return last.value;
  };
}

interface Daily extends Pick<DailyReports, 'sendDue'> {
  readonly onDmarc: (judged: DmarcJudged) => void;
}

function openDaily(
  { homes, onEvent, clock, stack }: ReportsParts,
  { dir, ...sending }: Omit<DailyParts, 'tally' | 'resolver'> & { readonly dir: string },
): Daily {
  const tally = stack.use(createDmarcTally({ dir, clock, onEvent }));
  const { resolver } = homes;
  const daily = stack.use(startDailyReports({ ...sending, tally, resolver }));
  return {
    sendDue: async () => daily.sendDue(),
    onDmarc: (judged) => {
      const evaluation = dmarcEvaluation(judged);
      if (evaluation !== undefined) tally.note(evaluation);
    },
  };
}

/** Offices of every domain (RFC 2142), the contact in reports of ours, and whom our DMARC records name. */
function reportAddresses(view: SiteView): (recipient: string) => boolean {
  const { contact } = view.reports;
  const { reportsTo } = view.settings;
  const named = new Set([contact, reportsTo].map((address) => address?.toLowerCase()));
  const separatorOf = tagSeparators(view);
  return (recipient) =>
    named.has(recipient.toLowerCase()) || isOffice(recipient, separatorOf(domainOf(recipient)));
}
