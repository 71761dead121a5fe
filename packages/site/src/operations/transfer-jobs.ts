// Imports and exports that run in the site while whoever asked comes and looks. One at a time for each mailbox; what is done is
// remembered for a while, and forgotten at a restart: to begin again repeats nothing.
import { randomUUID } from 'node:crypto';
import { MailboxStoreError } from '@restante/mailbox-store';
import { TransferError, type TransferReport } from '@restante/mailbox-transfer';
import type { Clock, Logger } from '@restante/runtime';
import { SiteApiError, type TransferJob } from '@restante/site-api';

export interface JobWork {
  readonly address: string;
  readonly kind: TransferJob['kind'];
  /** The same words are the same job. */
  readonly words: string;
  run(tell: (report: TransferReport) => void, signal: AbortSignal): Promise<TransferReport>;
}

export interface TransferJobs extends AsyncDisposable {
  start(work: JobWork): TransferJob;
  job(id: string): TransferJob;
  cancel(id: string): void;
}

interface Kept {
  job: TransferJob;
  readonly words: string;
  readonly aborter: AbortController;
  readonly ended: Promise<void>;
}

const finishedMax = 100;

const nothingYet: TransferReport = {
  folder: '',
  foldersDone: 0,
  foldersTotal: 0,
  imported: 0,
  alreadyThere: 0,
  failed: 0,
  sizeBytes: 0,
  problems: [],
};

export function createTransferJobs(clock: Clock, logger: Logger): TransferJobs {
  const jobs = new Map<string, Kept>();
  const isRunning = ({ job }: Kept) => job.state === 'running';

  const known = (id: string): Kept => {
    const kept = jobs.get(id);
    if (kept === undefined)
      throw new SiteApiError('NOT_FOUND', {
        detail:
          'There is no such transfer; it was of before a restart. Begin again: nothing is repeated.',
      });
    return kept;
  };

  const begin = (work: JobWork): TransferJob => {
    const id = randomUUID();
    const aborter = new AbortController();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const { address, kind, words } = work;
    const kept: Kept = {
      job: {
        id,
        address,
        kind,
        state: 'running',
        startedAtMs: clock.now(),
        report: nothingYet,
      },
      words,
      aborter,
      ended,
    };
    jobs.set(id, kept);
    const tell = (report: TransferReport) => {
      kept.job = { ...kept.job, report };
    };
    work
      .run(tell, aborter.signal)
      .then((report) => {
        kept.job = { ...kept.job, state: 'done', report };
        logger.info({ job: id, address, kind, ...countsOf(report) }, 'A transfer is done.');
      })
      .catch((cause: unknown) => {
        kept.job = { ...kept.job, state: 'failed', ...explained(cause) };
        logger.warn({ job: id, address, kind, cause }, 'A transfer failed.');
      })
      .finally(end);
    return kept.job;
  };

  return {
    start(work) {
      const running = [...jobs.values()].find(
        (kept) => isRunning(kept) && kept.job.address === work.address,
      );
      if (running?.words === work.words && running.job.kind === work.kind) return running.job;
      if (running !== undefined)
        throw new SiteApiError('NOT_POSSIBLE', {
          detail: `Another ${running.job.kind} of this mailbox is under way (${running.job.id}).`,
        });
      const finished = [...jobs].filter(([, kept]) => !isRunning(kept));
      for (const [id] of finished.slice(0, Math.max(0, finished.length - finishedMax)))
        jobs.delete(id);
      return begin(work);
    },
    job: (id) => known(id).job,
    cancel: (id) => known(id).aborter.abort(),
    async [Symbol.asyncDispose]() {
      for (const { aborter } of jobs.values()) aborter.abort();
      await Promise.all([...jobs.values()].map(async ({ ended }) => ended));
    },
  };
}

/** Only our own words go to the one who asked. */
function explained(cause: unknown): Pick<TransferJob, 'problem' | 'isWorthRepeating'> {
  if (cause instanceof TransferError) {
    const isWorthRepeating = cause.code === 'SOURCE_UNREACHABLE';
    return { problem: cause.message, isWorthRepeating };
  }
  if (cause instanceof MailboxStoreError)
    return { problem: cause.message, isWorthRepeating: cause.retry };
  return { problem: 'The site failed; its log says why.', isWorthRepeating: true };
}

function countsOf({ imported, alreadyThere, failed, sizeBytes }: TransferReport) {
  return { imported, alreadyThere, failed, sizeBytes };
}
