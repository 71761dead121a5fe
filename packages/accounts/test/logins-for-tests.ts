// Logins over a book and an audit log in a directory of their own.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@restante/runtime';
import {
  type AccountBook,
  createLogins,
  type LoginOrigin,
  type Logins,
  type LoginsOptions,
  type LoginsSettings,
} from '../src/index.ts';
import { makeBook, type TestBook } from './book-for-tests.ts';

export const settings: LoginsSettings = {
  triesFree: 5,
  networkTriesFree: 100_000,
  waitFirstMs: 10_000,
  waitMaxMs: 900_000,
  offerScram: true,
  auditFileMaxBytes: 1_000_000,
  auditFilesKept: 2,
};

export interface TestLogins extends AsyncDisposable {
  readonly made: TestBook;
  readonly book: AccountBook;
  readonly logins: Logins;
  readonly auditPath: string;
  /** Everything written so far; closes the log. */
  auditLines(): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export async function makeLogins(
  options: Partial<Omit<LoginsOptions, 'settings'>> & {
    readonly settings?: Partial<LoginsSettings>;
  } = {},
): Promise<TestLogins> {
  const made = await makeBook();
  const auditPath = join(made.dir, 'audit', 'logins.jsonl');
  const logins = createLogins({
    book: made.book,
    auditDir: join(made.dir, 'audit'),
    clock: systemClock,
    ...options,
    settings: { ...settings, ...options.settings },
  });
  return {
    made,
    book: made.book,
    logins,
    auditPath,
    async auditLines() {
      await logins[Symbol.asyncDispose]();
      const text = await readFile(auditPath, 'utf8');
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    },
    async [Symbol.asyncDispose]() {
      await logins[Symbol.asyncDispose]();
      await made[Symbol.asyncDispose]();
    },
  };
}

export function from(address: string, protocol: LoginOrigin['protocol'] = 'imap'): LoginOrigin {
  return { protocol, address, isPrivate: true };
}
