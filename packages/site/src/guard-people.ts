// Watches over what our own people send: unusual sending is stopped, the operator hears of it by another way than mail, and who is a spammer
// for certain is blocked by his addresses at all sites.
import { join } from 'node:path';
import type { AccountBook } from '@restante/accounts';
import type { EventSink } from '@restante/mail-model';
import { splitMessage } from '@restante/mime';
import { createNotices } from '@restante/notices';
import type { OperatorLists } from '@restante/policy';
import type { RelayParts } from '@restante/relay';
import type { Clock, Logger, RedisCaller } from '@restante/runtime';
import { spamLevelOf, type Scanners } from '@restante/scanners';
import { guardSending, type SendingGuard } from '@restante/submission';
import type { SiteView } from './cluster-config.ts';

export interface GuardParts {
  readonly view: SiteView;
  readonly parts: RelayParts;
  readonly accounts: AccountBook;
  readonly scanners: Scanners;
  readonly operatorLists: OperatorLists;
  readonly redis: RedisCaller;
  readonly redisPrefix: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stack: AsyncDisposableStack;
}

export function guardPeople(options: GuardParts): SendingGuard {
  const { view, parts, accounts, scanners, operatorLists, onEvent, clock, logger, stack } = options;
  const { redis, redisPrefix, environment } = options;
  const site = view.site.name;
  const notices = stack.use(
    createNotices({ settings: view.notices, site, environment, onEvent, clock }),
  );
  return stack.use(
    guardSending({
      site,
      settings: view.watch,
      book: accounts,
      spool: parts.spool,
      queue: parts.queue,
      timetable: parts.timetable,
      redis,
      redisPrefix,
      dir: join(view.site.dir, 'submission'),
      notices,
      onConfirmedSpammer: async (account, places) => {
        for (const { subject } of places)
          await operatorLists.add({
            list: 'block',
            subject,
            reason: `mass spam by way of ${account}`,
            author: 'restante',
          });
      },
      ...(scanners.isConfigured
        ? { isDefiniteSpam: async (id) => isDefiniteSpam({ view, parts, scanners }, id) }
        : {}),
      onEvent,
      onTrouble: (what, cause) => logger.warn({ cause }, what),
      clock,
    }),
  );
}

/** Asked about mail of people who already look unusual. Undefined: it has gone, or nobody could say. */
async function isDefiniteSpam(
  { view, parts, scanners }: Pick<GuardParts, 'view' | 'parts' | 'scanners'>,
  id: string,
): Promise<boolean | undefined> {
  const found = await parts.spool.readWithBody(id);
  // Large mail is rarely spam, and would have to be read whole.
  if (found?.body.kind !== 'bytes') return undefined;
  const { message } = found;
  const { header, body } = splitMessage(found.body.bytes);
  const { scores } = await scanners.scan({
    header,
    body: () => [body],
    bodyBytes: body.length,
    messageId: message.messageId,
    client: { address: message.origin.clientAddress, helo: message.origin.helo },
    sender: message.envelope.sender,
    recipients: message.envelope.recipients.map(({ address }) => address),
    ...(message.origin.account === undefined ? {} : { account: message.origin.account }),
  });
  const { highest, level } = spamLevelOf(scores, view.scanners);
  return highest === undefined ? undefined : level === 'definite';
}
