// The power fails right after a change was acknowledged: it is there, and what was not begun is not.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { powerCut, powerCutProblem } from '../../../test/kit/power-cut.ts';
import type { AccountBook } from '../src/index.ts';
import { addPeople, openBook } from './book-for-tests.ts';

const skip = (await powerCutProblem()) ?? false;
const ana = 'ana@example.test';
const bo = 'bo@example.test';

/** What is told or shown to somebody as done, and how it is seen afterwards. */
const changes: readonly (readonly [
  change: (book: AccountBook) => unknown,
  isThere: (book: AccountBook) => unknown,
])[] = [
  [(book) => addPeople(book, 'ana'), (book) => book.account(ana)],
  [(book) => addPeople(book, 'bo'), (book) => book.account(bo)],
  [
    (book) => book.setPassword(ana, 'secret-1'),
    (book) => book.verifyPassword(ana, 'secret-1').then((isRight) => isRight && hasKeys(book)),
  ],
  [(book) => book.addAppPassword(ana, { label: 'phone' }), (book) => book.appPasswords(ana)[0]],
  [
    (book) => book.revokeAppPassword(ana, book.appPasswords(ana)[0]?.id ?? ''),
    (book) => book.appPasswords(ana).length === 0,
  ],
  [
    (book) => book.setAlias({ address: 'all@example.test', targets: [ana, bo] }),
    (book) => book.resolve('all@example.test').length === 2,
  ],
  [(book) => book.setCatchAll('example.test', ana), (book) => book.catchAlls().size === 1],
  [
    (book) => book.setQuota(ana, { bytes: 5, messages: 6 }),
    (book) => book.account(ana)?.quotaMessages === 6,
  ],
  [(book) => book.setState(ana, 'suspended'), (book) => book.account(ana)?.state === 'suspended'],
  [(book) => book.removeAccount(bo), (book) => book.account(bo) === undefined],
];

function hasKeys(book: AccountBook): boolean {
  return book.secrets.hasScramKeys(ana);
}

test('every acknowledged change of the account book survives a power cut', { skip }, async () => {
  await using disk = await powerCut({ sizeMiB: 32 });
  const dir = join(disk.mountPoint, 'site');
  await using book = openBook(dir);
  for (const [index, [change, isThere]] of changes.entries()) {
    await change(book);
    await using after = await disk.cut();
    await using found = openBook(join(after.mountPoint, 'site'));
    assert.ok(await isThere(found), `change ${index}`);
    assert.equal(found.version, book.version);
    assert.equal(found.epoch, book.epoch);
  }
});
