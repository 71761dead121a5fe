// Everything of a site that lives on its disk, opened in the order in which it is needed and closed in reverse.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openAccountBook, type AccountBook } from '@restante/accounts';
import { openOutageLog, type OutageLog } from '@restante/backup-mx';
import type { EventSink, Route } from '@restante/mail-model';
import { openMailboxStore, type MailboxStore, type TaughtByMoving } from '@restante/mailbox-store';
import { openHolds, openTimeline, type Holds, type Router, type Timeline } from '@restante/relay';
import type { Clock, Logger } from '@restante/runtime';
import { createScanners, type Scanners } from '@restante/scanners';
import { openSpool, type Spool } from '@restante/spool';
import type { SiteView } from './cluster-config.ts';

export interface Stores {
  readonly spool: Spool;
  readonly accounts: AccountBook | undefined;
  readonly mailboxes: MailboxStore | undefined;
  readonly holds: Holds;
  readonly timeline: Timeline;
  readonly outages: OutageLog;
  /** Looks at mail, and learns from people. */
  readonly scanners: Scanners;
  /** Who hears of mail that people move into Junk and out of it; nobody waits for them. */
  readonly taughtTo: ((taught: TaughtByMoving) => void)[];
}

export interface OpenStoresOptions {
  readonly view: SiteView;
  readonly router: Router;
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Takes what has to be closed at the end. */
  readonly stack: AsyncDisposableStack;
}

export async function openStores({
  view,
  router,
  onEvent,
  clock,
  logger,
  stack,
}: OpenStoresOptions): Promise<Stores> {
  const { site } = view;
  await mkdir(site.dir, { recursive: true, mode: 0o700 });
  const timeline = stack.use(
    await openTimeline({
      dir: join(site.dir, 'timeline'),
      site: site.name,
      keepDays: view.relay.timelineKeepDays,
      clock,
    }),
  );
  const outages = stack.use(
    await openOutageLog({ dir: site.dir, clock, keepMs: view.retry.lifetimeMs * 2 }),
  );
  const holds = await openHolds(site.dir);
  const spool = stack.use(
    await openSpool({
      ...view.spool,
      dir: join(site.dir, 'spool'),
      site: site.name,
      routesOf: (_facts, pending) => routesOf(router, pending),
      onEvent,
      clock,
    }),
  );
  const scanners = stack.use(createScanners({ settings: view.scanners, clock, onEvent }));
  // Nobody waits for it; what is too much is dropped, and counted.
  const taughtTo: Stores['taughtTo'] = [
    ({ what, account, sizeBytes, bytes }) =>
      void scanners.teach(what, { account, sizeBytes, bytes: () => bytes() }),
  ];
  const isHome = view.topology.domains.some(({ home }) => home === site.name);
  const accounts = isHome ? stack.use(openAccounts(view, clock)) : undefined;
  const mailboxes =
    accounts && stack.use(openMailboxes(view, { accounts, taughtTo, logger, clock }));
  return { spool, accounts, mailboxes, holds, timeline, outages, scanners, taughtTo };
}

function routesOf(router: Router, pending: readonly string[]): readonly Route[] {
  if (pending.length === 1 && pending[0] !== undefined) return [router.routeOf(pending[0])];
  return [...new Set(pending.map((recipient) => router.routeOf(recipient)))];
}

function openAccounts(view: SiteView, clock: Clock): AccountBook {
  const byName = new Map(view.topology.domains.map((domain) => [domain.name, domain]));
  return openAccountBook({
    aliasDepthMax: view.mailboxes.aliasDepthMax,
    dir: view.site.dir,
    tagSeparatorOf: (domain: string) => byName.get(domain)?.tagSeparator ?? '',
    isCaseSensitive: (domain: string) => byName.get(domain)?.isCaseSensitive ?? false,
    quotaDefaultBytes: view.mailboxes.quotaBytes,
    clock,
  });
}

interface MailboxParts {
  readonly accounts: AccountBook;
  readonly taughtTo: Stores['taughtTo'];
  readonly logger: Logger;
  readonly clock: Clock;
}

function openMailboxes(
  { site, mailboxes }: SiteView,
  { accounts, taughtTo, logger, clock }: MailboxParts,
): MailboxStore {
  return openMailboxStore({
    dir: site.dir,
    hostname: site.hostname,
    graceMs: mailboxes.graceMs,
    accounts,
    clock,
    onRepair: (repair) => logger.warn({ ...repair }, 'Something in a mailbox was put right.'),
    onTaught: (taught) => {
      for (const tell of taughtTo) tell(taught);
    },
  });
}
