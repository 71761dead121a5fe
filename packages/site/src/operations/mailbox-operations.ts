// Work on the mailboxes of this home, as the site API offers it: imports and exports as jobs, deleted mail at once.
import { join } from 'node:path';
import {
  recoverableFolder,
  type Mailbox,
  type MailboxStore,
  type RecoverableFilter,
} from '@restante/mailbox-store';
import {
  exportMailbox,
  importMailbox,
  openMailSource,
  openMailTarget,
  parseMailPlace,
  type MailPlace,
} from '@restante/mailbox-transfer';
import { decodeWords } from '@restante/mime';
import { Secret, type Clock, type Logger } from '@restante/runtime';
import {
  SiteApiError,
  type MailboxOperations,
  type RecoverableList,
  type RecoverableQuery,
} from '@restante/site-api';
import { createTransferJobs } from './transfer-jobs.ts';

export interface MailboxOperationsOptions {
  readonly store: MailboxStore;
  /** The site's directory; marks of remote accounts are kept below it. */
  readonly siteDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const rowsMax = 1000;

export function createMailboxOperations({
  store,
  siteDir,
  clock,
  logger,
}: MailboxOperationsOptions): MailboxOperations & AsyncDisposable {
  const jobs = createTransferJobs(clock, logger);
  const mailboxOf = async (address: string): Promise<Mailbox> => {
    const mailbox = await store.mailbox(address);
    if (mailbox === undefined)
      throw new SiteApiError('NOT_FOUND', { detail: `There is no account ${address} here.` });
    return mailbox;
  };

  return {
    async startImport(address, { from, password, trusted, isDryRun }) {
      const place = placeOf(from);
      const mailbox = await mailboxOf(address);
      if (place.kind === 'imap' && password === undefined)
        throw new SiteApiError('BAD_REQUEST', { detail: 'An IMAP account needs its password.' });
      return jobs.start({
        address: mailbox.address,
        kind: 'import',
        words: `${from} ${isDryRun}`,
        async run(onProgress, signal) {
          await using source = await openMailSource(place, {
            marksDir: join(siteDir, 'transfers'),
            into: mailbox.address,
            ...(password === undefined ? {} : { password: new Secret(password) }),
            ...(trusted === undefined ? {} : { trusted }),
          });
          return await importMailbox({ source, mailbox, isDryRun, onProgress, signal });
        },
      });
    },
    async startExport(address, { to }) {
      const place = placeOf(to);
      if (place.kind === 'imap')
        throw new SiteApiError('BAD_REQUEST', {
          detail: 'An export goes to maildir:PATH or mbox:PATH.',
        });
      const mailbox = await mailboxOf(address);
      return jobs.start({
        address: mailbox.address,
        kind: 'export',
        words: to,
        run: async (onProgress, signal) =>
          exportMailbox(await openMailTarget(place), { mailbox, onProgress, signal }),
      });
    },
    job: async (id) => jobs.job(id),
    cancelJob: async (id) => jobs.cancel(id),
    recoverable: async (address, query) => recoverableIn(await mailboxOf(address), query),
    undelete: async (address, query) => (await mailboxOf(address)).undelete(filterOf(query)),
    [Symbol.asyncDispose]: async () => jobs[Symbol.asyncDispose](),
  };
}

function placeOf(text: string): MailPlace {
  const place = parseMailPlace(text);
  if (place === undefined)
    throw new SiteApiError('BAD_REQUEST', {
      detail:
        'Say maildir:/path, mbox:/path, imap://user@host or imaps://user@host; paths begin with "/", and a password has no place there.',
    });
  return place;
}

async function recoverableIn(mailbox: Mailbox, query: RecoverableQuery): Promise<RecoverableList> {
  const all = await mailbox.recoverable(filterOf(query));
  const newest = all.slice(0, rowsMax);
  await using folder = newest.length === 0 ? undefined : await mailbox.open(recoverableFolder);
  const heads = new Map<number, { readonly from: string; readonly subject: string }>();
  const uids = newest.map(({ uid }) => uid).toSorted((one, other) => one - other);
  for await (const { uid, about } of folder?.describe(uids) ?? []) {
    const [sender] = about.envelope.from;
    const from = sender?.mailbox === undefined ? '' : `${sender.mailbox}@${sender.domain ?? ''}`;
    heads.set(uid, { from, subject: decodeWords(about.envelope.subject ?? '') });
  }
  const rows = newest.map(({ uid, from, deletedAtMs, sizeBytes }) => ({
    uid,
    folder: from,
    deletedAtMs,
    sizeBytes,
    ...(heads.get(uid) ?? { from: '', subject: '' }),
  }));
  return { rows, total: all.length };
}

function filterOf({ folder, sinceMs }: RecoverableQuery): RecoverableFilter {
  return {
    ...(folder === undefined ? {} : { from: folder }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
}
