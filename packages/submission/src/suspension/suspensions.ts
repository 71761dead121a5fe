// Stopping accounts from sending, and letting them again: by a person or by the watch. One place does all that belongs to it.
//
// Promises
// - The account book says it first, durably; from then on no session sends (create-submission-host.ts asks before every step).
//   What waits is held next, then the operator is told. Said again, it is done again: what slipped through is held too.
// - The watch never suspends from everything, never lifts anything, and never writes over the word of a person.
// - Another site holds what it has of a suspended account as well, and lets it go when its home says so.
import type { Account, AccountBook, NewSuspension, Suspension } from '@restante/accounts';
import type { EventSink } from '@restante/mail-model';
import type { Notices } from '@restante/notices';
import type { AbusePlace, Finding, SendingWatch, Suspicion } from '../watch/sending-watch.ts';
import { noticeOf } from './notice-of.ts';
import type { WaitingMail } from './waiting-mail.ts';

export interface Suspensions extends AsyncDisposable {
  suspend(address: string, wanted: Omit<NewSuspension, 'by'>): Promise<Suspended>;
  /** Also tells the watch that what happened was fine. */
  resume(address: string): Promise<Resumed>;
  /** For createSendingWatch(). Returns at once. */
  onSuspicion(suspicion: Suspicion): void;
  /** What is known of an account beyond the account book. */
  explain(address: string): Promise<Explained>;
  /** For the other sites: who may not send. */
  stopped(): readonly StoppedAccount[];
  /**
   * What a site said of its accounts, this one (once, at the start) or another (each time it was asked): their mail is held here,
   * and let go when they are no longer named.
   */
  follow(site: string, stopped: readonly StoppedAccount[]): Promise<void>;
}

export interface StoppedAccount {
  readonly account: string;
  readonly sinceMs: number;
  readonly isConfirmedSpammer: boolean;
}

export interface Suspended {
  readonly account: Account;
  readonly heldMessages: number;
  /** With a confirmed spammer: what belongs on the list of blocked networks, most used first. */
  readonly toBlock: readonly AbusePlace[];
}

export interface Resumed {
  /** Absent when it was not suspended. */
  readonly lifted?: Suspension;
  readonly releasedMessages: number;
}

export interface Explained {
  readonly suspension?: Suspension;
  readonly points: number;
  readonly findings: readonly Finding[];
}

export interface SuspensionsOptions {
  readonly book: AccountBook;
  readonly waiting: WaitingMail;
  readonly watch: () => SendingWatch | undefined;
  readonly notices?: Pick<Notices, 'send'>;
  /** Called for a confirmed spammer, whoever confirms him; what throws is trouble and no more. */
  readonly onConfirmedSpammer?: (account: string, places: readonly AbusePlace[]) => Promise<void>;
  readonly onEvent: EventSink;
  readonly onTrouble: (what: string, cause: unknown) => void;
  /** When what slipped through is looked for again. */
  readonly lookAgainMs?: number;
}

export function createSuspensions(options: SuspensionsOptions): Suspensions {
  const { book, waiting, onEvent, onTrouble, lookAgainMs = 10_000 } = options;
  const timers = new Set<NodeJS.Timeout>();
  const work = new Set<Promise<unknown>>();
  /** site -> what it said last, as far as it was done. */
  const followed = new Map<string, string>();

  const behind = (what: string, task: Promise<unknown>) => {
    const guarded = task.catch((cause: unknown) => onTrouble(what, cause));
    work.add(guarded);
    void guarded.finally(() => work.delete(guarded));
  };
  const hold = async (account: string): Promise<number> => {
    // A message that was being stored at this moment is found by the second look.
    const timer = setTimeout(() => {
      timers.delete(timer);
      behind('Mail of a suspended account was not held.', waiting.hold(account));
    }, lookAgainMs).unref();
    timers.add(timer);
    return waiting.hold(account);
  };
  const apply = async (address: string, wanted: NewSuspension): Promise<Suspended> => {
    const account = book.sending.suspend(address, wanted);
    const { scope, by, isConfirmedSpammer } = account.suspension ?? {
      ...wanted,
      isConfirmedSpammer: false,
    };
    onEvent({ name: 'account.suspended', account: account.address, scope, by, isConfirmedSpammer });
    const heldMessages = await hold(account.address);
    const toBlock = isConfirmedSpammer ? (options.watch()?.abusePlaces(account.address) ?? []) : [];
    if (isConfirmedSpammer && options.onConfirmedSpammer !== undefined)
      behind(
        'A spammer is not on the block list.',
        options.onConfirmedSpammer(account.address, toBlock),
      );
    return { account, heldMessages, toBlock };
  };
  const applySuspicion = async (suspicion: Suspicion): Promise<void> => {
    const { account, action, findings, points } = suspicion;
    if (book.account(account) === undefined) return;
    onEvent({
      name: 'account.suspicious',
      account,
      points,
      action,
      why: findings.map(({ signal }) => signal).join(' '),
    });
    const reason = `${points} points: ${findings.map(({ says }) => says).join('; ')}`;
    try {
      const held =
        action === 'suspend'
          ? (await apply(account, { scope: 'sending', by: 'watch', reason })).heldMessages
          : undefined;
      options.notices?.send(noticeOf(suspicion, held));
    } catch (cause) {
      // The operator hears of it all the more when it could not be done.
      options.notices?.send(noticeOf(suspicion, undefined, cause));
      throw cause;
    }
  };

  return {
    suspend: async (address, wanted) => apply(address, { ...wanted, by: 'operator' }),
    async resume(address) {
      const lifted = book.sending.resume(address);
      const account = book.account(address)?.address ?? address;
      await options.watch()?.pardon(account);
      if (lifted !== undefined) onEvent({ name: 'account.resumed', account });
      const releasedMessages = await waiting.release(account);
      return { ...(lifted && { lifted }), releasedMessages };
    },
    onSuspicion: (suspicion) =>
      behind('An account that sends unusually could not be stopped.', applySuspicion(suspicion)),
    async explain(address) {
      const account = book.account(address)?.address ?? address;
      const suspension = book.sending.stopOf(account);
      const score = await options.watch()?.explain(account);
      return { ...(suspension && { suspension }), points: 0, findings: [], ...score };
    },
    stopped: () =>
      [...book.sending.stops()].map(([account, { sinceMs, isConfirmedSpammer }]) => ({
        account,
        sinceMs,
        isConfirmedSpammer,
      })),
    async follow(site, stopped) {
      const accounts = new Set(stopped.map(({ account }) => account));
      const said = [...accounts].toSorted().join('\n');
      if (followed.get(site) === said) return;
      await waiting.agree(site, accounts);
      followed.set(site, said);
    },
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(work);
    },
  };
}
