// Everything that belongs to unusual sending, put together: the watch raises suspicions, suspensions act on them, the account book
// remembers, the submission host obeys.
//
// The order of closing: nothing new is looked at, then what was begun is finished.
import type { AccountBook } from '@restante/accounts';
import type { RestanteEvent } from '@restante/mail-model';
import type { SubmissionOptions } from './create-submission-host.ts';
import {
  createSuspensions,
  type Suspensions,
  type SuspensionsOptions,
} from './suspension/suspensions.ts';
import { createWaitingMail, type WaitingMailParts } from './suspension/waiting-mail.ts';
import { createSendingWatch, type SendingWatchOptions } from './watch/create-sending-watch.ts';
import type { SendingWatch } from './watch/sending-watch.ts';

export interface SendingGuardOptions
  extends
    Omit<SendingWatchOptions, 'onSuspicion' | 'onTrouble'>,
    Omit<SuspensionsOptions, 'waiting' | 'watch'>,
    WaitingMailParts {
  /** Name of this site. */
  readonly site: string;
}

export interface SendingGuard extends AsyncDisposable {
  readonly watch: SendingWatch;
  readonly suspensions: Suspensions;
  /** For createSubmissionHost(). */
  readonly asked: Required<Pick<SubmissionOptions, 'sendingStopOf' | 'sendLimitsOf' | 'watch'>>;
  /** Every event of the site: outcomes of what our people sent are among them. */
  readonly onEvent: (event: RestanteEvent) => void;
}

export function guardSending(options: SendingGuardOptions): SendingGuard {
  const { book, site, onTrouble } = options;
  const watch: SendingWatch = createSendingWatch({
    ...options,
    onSuspicion: (suspicion) => suspensions.onSuspicion(suspicion),
  });
  const suspensions: Suspensions = createSuspensions({
    ...options,
    waiting: createWaitingMail(options),
    watch: () => watch,
  });
  book.onRemoved(({ address }) => watch.forget(address));
  // What a crash left between the account book and the spool is put right behind the start.
  void suspensions
    .follow(site, suspensions.stopped())
    .catch((cause: unknown) =>
      onTrouble('Mail of suspended accounts was not looked through.', cause),
    );
  return {
    watch,
    suspensions,
    asked: {
      sendingStopOf: (account) => book.sending.stopOf(account),
      sendLimitsOf: (account) => ownLimitsOf(book, account),
      watch,
    },
    onEvent: (event) => watch.noteEvent(event),
    async [Symbol.asyncDispose]() {
      await watch[Symbol.asyncDispose]();
      await suspensions[Symbol.asyncDispose]();
    },
  };
}

function ownLimitsOf(
  book: AccountBook,
  account: string,
): ReturnType<Required<SubmissionOptions>['sendLimitsOf']> {
  return book.account(account)?.sendLimits;
}
