// A site for people with everything that belongs to unusual sending: a real account book, watch, suspensions, notices to a webhook.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccountBook, openAccountBook } from '@restante/accounts';
import { createNotices } from '@restante/notices';
import { type Clock, type RedisCaller, systemClock } from '@restante/runtime';
import {
  createSuspensions,
  createWaitingMail,
  guardSending,
  type SendingGuard,
  type SendingWatch,
  type Suspensions,
  type WatchSettings,
} from '../src/index.ts';
import { startSubmissionSite, type SubmissionSite } from './submission-site.ts';

export const dayMs = 86_400_000;
export const watchSettings: WatchSettings = {
  action: 'suspend',
  suspendPoints: 100,
  notifyPoints: 60,
  windowMs: 3_600_000,
  learnMs: 3 * dayMs,
  newRecipientsMin: 50,
  bouncesMin: 10,
};
const anyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

export interface WatchedSite extends AsyncDisposable {
  readonly site: SubmissionSite;
  readonly book: AccountBook;
  readonly watch: SendingWatch;
  readonly suspensions: Suspensions;
  /** Bodies the operator's webhook got. */
  readonly notices: readonly Readonly<Record<string, unknown>>[];
  readonly troubles: readonly string[];
  /** The suspensions of a process that knows nothing yet; disposed with the site. */
  restarted(): Suspensions;
  /** As the watch sees the time: so many days ago. */
  goTo(daysAgo: number): void;
}

export interface WatchedSiteOptions {
  readonly people: readonly string[];
  readonly redis?: RedisCaller;
}

export async function startWatchedSite({
  people,
  redis,
}: WatchedSiteOptions): Promise<WatchedSite> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'watched-'));
  stack.defer(async () => rm(dir, { recursive: true, force: true }));
  let behindMs = 0;
  const clock: Clock = { ...systemClock, now: () => Date.now() - behindMs };
  const rules = { tagSeparatorOf: () => '+', isCaseSensitive: () => false };
  const book = stack.use(openAccountBook({ dir, clock: systemClock, ...rules }));
  await book.addAccounts(people.map((address) => ({ address, passwordHash: anyHash })));
  const told: Record<string, unknown>[] = [];
  const webhook = await startWebhook(told);
  stack.defer(webhook.stop);
  const troubles: string[] = [];
  const onTrouble = (what: string) => void troubles.push(what);
  const notices = stack.use(
    createNotices({
      settings: {
        webhookUrl: webhook.url,
        webhookTimeoutMs: 5_000,
        command: [],
        commandTimeoutMs: 1_000,
        attemptsMax: 1,
        quietMs: 60_000,
      },
      site: 'here',
      onEvent: () => undefined,
      clock: systemClock,
    }),
  );
  const waitingParts = (spool: SubmissionSite['spool']) => ({
    spool,
    queue: { remove: async () => true },
    timetable: { add: () => undefined },
    onEvent: () => undefined,
  });
  let guard: SendingGuard | undefined;
  const site = await startSubmissionSite({
    more: ({ spool }) => {
      guard = guardSending({
        ...waitingParts(spool),
        site: 'here',
        settings: watchSettings,
        book,
        notices,
        clock,
        dir,
        ...(redis && { redis, redisPrefix: 'restante:here:' }),
        onTrouble,
        lookAgainMs: 100,
      });
      return {
        config: { recipientsPerHour: 10_000, recipientsPerDay: 10_000, showsClient: false },
        mayUse: (account, address) => book.mayUse(account, address),
        ...guard.asked,
      };
    },
  });
  stack.use(site);
  if (guard === undefined) throw new Error('The site asked for nothing.');
  const { watch, suspensions } = stack.use(guard);
  const opened = stack.move();
  return {
    site,
    book,
    watch,
    suspensions,
    notices: told,
    troubles,
    restarted: () =>
      opened.use(
        createSuspensions({
          book,
          waiting: createWaitingMail(waitingParts(site.spool)),
          watch: () => watch,
          onEvent: () => undefined,
          onTrouble,
        }),
      ),
    goTo: (daysAgo) => {
      behindMs = daysAgo * dayMs;
    },
    [Symbol.asyncDispose]: async () => opened.disposeAsync(),
  };
}

async function startWebhook(told: Record<string, unknown>[]) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      told.push(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
