// The Logins of a site: account book, guard, audit log, one desk.
import type { Clock, RedisCaller } from '@restante/runtime';
import type { AccountBook } from '../account-book.ts';
import { openAuditLog } from '../audit/audit-log.ts';
import { LoginGuard } from '../guard/login-guard.ts';
import { MemoryTryCounts } from '../guard/memory-try-counts.ts';
import { RedisTryCounts } from '../guard/redis-try-counts.ts';
import { SharedTryCounts } from '../guard/shared-try-counts.ts';
import type { LoginEnd, LoginsSettings, Logins } from '../logins.ts';
import { LoginDesk } from './login-desk.ts';

export interface LoginsOptions {
  /** Who opened it closes it, after the logins. */
  readonly book: AccountBook;
  /** [logins] of the configuration. */
  readonly settings: LoginsSettings;
  /** Where the audit log is: logins.jsonl, and older ones beside it. */
  readonly auditDir: string;
  readonly clock: Clock;
  /** Counts for all nodes of the site; without it this process counts alone. */
  readonly redis?: RedisCaller;
  /** In front of the keys in Redis; one site, one prefix. */
  readonly redisPrefix?: string;
  /** For metrics: every end of a login. */
  readonly onEnd?: (end: LoginEnd) => void;
  /** For the log: what went wrong on our side, and Redis coming and going. */
  readonly onTrouble?: (what: string, cause: unknown) => void;
}

export function createLogins(options: LoginsOptions): Logins {
  const { book, settings, auditDir, clock, redis, redisPrefix = 'restante:logins:' } = options;
  const { onEnd = () => undefined, onTrouble = () => undefined } = options;
  const own = new MemoryTryCounts(clock);
  const counts =
    redis === undefined
      ? own
      : new SharedTryCounts({
          own,
          shared: new RedisTryCounts(redis, redisPrefix),
          clock,
          onReachable: (isReachable, cause) => {
            if (!isReachable) onTrouble('Wrong logins are counted by this process alone.', cause);
          },
        });
  const audit = openAuditLog({
    path: `${auditDir}/logins.jsonl`,
    maxBytes: settings.auditFileMaxBytes,
    filesKept: settings.auditFilesKept,
    onProblem: (cause) => onTrouble('The audit log of logins cannot be written.', cause),
  });
  const desk = new LoginDesk({
    book,
    guard: new LoginGuard({ counts, rules: guardRules(settings), clock }),
    audit,
    clock,
    onEnd,
    onTrouble: (cause) => onTrouble('A login could not be checked.', cause),
  });

  return {
    credentialsFor: (origin) => ({
      offersScram: settings.offerScram,
      verifyPassword: async (login, password, mechanism = 'password') =>
        desk.verifyPassword(origin, { login, password, mechanism }),
      scramKeys: async (login) => desk.scramKeys(origin, login),
      finishScram: async (login, isProven, proof) =>
        desk.finishScram(origin, { login, isProven, proof }),
    }),
    [Symbol.asyncDispose]: async () => audit[Symbol.asyncDispose](),
  };
}

function guardRules(settings: LoginsSettings) {
  const { triesFree, waitFirstMs, waitMaxMs, networkTriesFree } = settings;
  return {
    household: { free: triesFree, firstMs: waitFirstMs, maxMs: waitMaxMs },
    network: { free: networkTriesFree, firstMs: waitFirstMs, maxMs: waitMaxMs },
    // Nobody is refused for these; a guesser who has a thousand addresses gets slow answers everywhere.
    account: { free: networkTriesFree, firstMs: 500, maxMs: 8000 },
  };
}
