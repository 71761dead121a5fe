// Our own people at this site: how they log in, what they may send, and what signs it. Only a home has people.
import { join } from 'node:path';
import { createLogins, type Logins } from '@restante/accounts';
import { createDkimSigner, openDkimKeys, type DkimKeys } from '@restante/dkim';
import type { EventSink, Route } from '@restante/mail-model';
import type { OperatorLists } from '@restante/policy';
import type { RecipientList } from '@restante/recipients';
import type { RelayParts } from '@restante/relay';
import { connectRedis, timetablePrefix } from '@restante/retry-queue';
import type { Clock, Logger } from '@restante/runtime';
import type { EdgeHost } from '@restante/smtp';
import {
  createRedisSendTally,
  createSubmissionHost,
  type SendingGuard,
  type SendTally,
} from '@restante/submission';
import type { SiteView } from './cluster-config.ts';
import { guardPeople } from './guard-people.ts';
import type { Stores } from './open-stores.ts';

export interface PeopleParts {
  readonly view: SiteView;
  readonly stores: Stores;
  readonly parts: RelayParts;
  readonly keys: DkimKeys;
  readonly operatorLists: OperatorLists;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly listFor: (domain: string) => RecipientList | undefined;
  readonly schedule: (id: string, routes: readonly Route[]) => void;
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stack: AsyncDisposableStack;
}

export interface People {
  readonly logins: Logins;
  /** What an edge asks about somebody who has logged in. */
  readonly submission: EdgeHost;
  readonly tally: SendTally;
  /** Watches over what they send. */
  readonly guard: SendingGuard;
}

/** Undefined where nobody has a mailbox. */
export function openPeople(options: PeopleParts): People | undefined {
  const { view, stores, parts, keys, onEvent, clock, logger, stack } = options;
  const { accounts } = stores;
  if (accounts === undefined) return undefined;
  const { redis } = stack.use(connectRedis(view.site.redis));
  const prefix = timetablePrefix(view.site.name);
  const logins = stack.use(
    createLogins({
      book: accounts,
      settings: view.logins,
      auditDir: join(view.site.dir, 'audit'),
      clock,
      redis,
      redisPrefix: `${prefix}:logins:`,
      onTrouble: (what, cause) => logger.warn({ cause }, what),
      onEnd: ({ protocol, outcome }) => onEvent({ name: 'login.ended', protocol, outcome }),
    }),
  );
  const tally = createRedisSendTally({
    redis,
    prefix: `${prefix}:`,
    site: view.site.name,
    clock,
  });
  const guard = guardPeople({
    ...options,
    accounts,
    scanners: stores.scanners,
    redis,
    redisPrefix: `${prefix}:`,
  });
  const submission = createSubmissionHost({
    ...guard.asked,
    site: view.site.name,
    hostname: view.site.hostname,
    spool: parts.spool,
    schedule: options.schedule,
    router: parts.router,
    listFor: options.listFor,
    config: view.submission,
    logins,
    mayUse: (account, address) => accounts.mayUse(account, address),
    signer: createDkimSigner({
      keys,
      onProblem: (problem) => {
        logger.warn({ problem }, 'A message of ours left without a signature.');
        onEvent({ name: 'dkim.failed' });
      },
    }),
    tally,
    ids: parts.ids,
    receivedMax: view.policy.receivedMax,
    heldDir: join(view.site.dir, 'submission'),
    heldInMemoryMaxBytes: view.spool.smallMessageMaxBytes,
    onEvent,
    clock,
  });
  return { logins, submission, tally, guard };
}

/** Keys of all domains of the cluster: whoever may send for a domain signs for it. */
export function openKeys({
  view,
  clock,
  logger,
}: Pick<PeopleParts, 'view' | 'clock' | 'logger'>): DkimKeys {
  return openDkimKeys({
    dir: join(view.site.dir, 'dkim'),
    clock,
    config: view.dkim,
    onProblem: (problem) => logger.warn({ problem }, 'A file among the DKIM keys is none.'),
  });
}
