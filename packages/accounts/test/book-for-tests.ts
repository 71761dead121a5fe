// An account book in a directory of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@restante/runtime';
import { type AccountBook, type AccountBookOptions, openAccountBook } from '../src/index.ts';

export const anyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

export interface TestBook extends AsyncDisposable {
  readonly dir: string;
  readonly book: AccountBook;
  /** Closes the book and opens it again, as a restart does. */
  reopen(): Promise<AccountBook>;
}

export function openBook(dir: string, options: Partial<AccountBookOptions> = {}): AccountBook {
  return openAccountBook({
    dir,
    clock: systemClock,
    tagSeparatorOf: () => '+',
    isCaseSensitive: (domain) => domain === 'case.test',
    ...options,
  });
}

export async function makeBook(options: Partial<AccountBookOptions> = {}): Promise<TestBook> {
  const dir = await mkdtemp(join(tmpdir(), 'accounts-'));
  let book = openBook(dir, options);
  return {
    dir,
    get book() {
      return book;
    },
    async reopen() {
      await book[Symbol.asyncDispose]();
      book = openBook(dir, options);
      return book;
    },
    async [Symbol.asyncDispose]() {
      await book[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Adds people without spending time on hashing. */
export async function addPeople(book: AccountBook, ...locals: readonly string[]): Promise<void> {
  await book.addAccounts(
    locals.map((local) => ({ address: `${local}@example.test`, passwordHash: anyHash })),
  );
}
