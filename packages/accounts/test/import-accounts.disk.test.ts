// Many accounts at once: an answer for every row, nothing changed by a dry run or by doing it again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importAccounts, type NewAccount } from '../src/index.ts';
import { makeBook } from './book-for-tests.ts';

const ssha = '{SSHA}gZibHKoMvWeFQGG6n98kVgX5C6Ski1kL';
const rows: readonly NewAccount[] = [
  { address: 'Ana@example.test', passwordHash: ssha, quotaBytes: 1000 },
  { address: 'bo@example.test', passwordHash: '{PLAIN}short', state: 'suspended' },
  { address: 'cy@example.test', password: 'secret-1', quotaMessages: 5 },
];
const kindsOf = (answers: readonly { readonly kind: string }[]) => answers.map(({ kind }) => kind);

test('everybody comes with password or hash, quota and state; a clear password is not kept', async () => {
  await using made = await makeBook();
  const { book } = made;
  const { version } = book;
  const dry = await importAccounts(book, rows, { ifThere: 'keep', isDryRun: true });
  assert.deepEqual(kindsOf(dry), ['added', 'added', 'added']);
  assert.deepEqual([book.version, book.accounts()], [version, []]);

  assert.deepEqual(await importAccounts(book, rows, { ifThere: 'keep' }), dry);
  assert.equal(book.version, version + 1, 'one change');
  assert.equal(book.account('ana@example.test')?.quotaBytes, 1000);
  assert.equal(book.account('bo@example.test')?.state, 'suspended');
  assert.equal(book.account('cy@example.test')?.quotaMessages, 5);
  assert.match(book.secrets.passwordHashOf('bo@example.test') ?? '', /^\$argon2id/);
  for (const [address, password] of [
    ['ana', 'pässword'],
    ['bo', 'short'],
    ['cy', 'secret-1'],
  ] as const)
    assert.equal(await book.verifyPassword(`${address}@example.test`, password), true, address);
});

test('again is unchanged; with "update" exactly what is named changes', async () => {
  await using made = await makeBook();
  const { book } = made;
  await importAccounts(book, rows, { ifThere: 'keep' });
  const { version } = book;
  for (const ifThere of ['keep', 'update'] as const)
    assert.deepEqual(kindsOf(await importAccounts(book, rows, { ifThere })), [
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
  const changes: readonly NewAccount[] = [
    { address: 'ana@example.test', quotaMessages: 7 },
    { address: 'bo@example.test', state: 'active' },
    { address: 'cy@example.test', password: 'secret-2' },
  ];
  assert.deepEqual(kindsOf(await importAccounts(book, changes, { ifThere: 'keep' })), [
    'unchanged',
    'unchanged',
    'unchanged',
  ]);
  assert.equal(book.version, version);
  for (const isDryRun of [true, false])
    assert.deepEqual(
      kindsOf(await importAccounts(book, changes, { ifThere: 'update', isDryRun })),
      ['updated', 'updated', 'updated'],
    );
  const { quotaBytes, quotaMessages } = book.account('ana@example.test') ?? {};
  assert.deepEqual([quotaBytes, quotaMessages], [1000, 7]);
  assert.equal(book.account('bo@example.test')?.state, 'active');
  assert.equal(await book.verifyPassword('cy@example.test', 'secret-2'), true);
});

test('what is refused is refused by name, and the others come in', async () => {
  await using made = await makeBook();
  const answers = await importAccounts(
    made.book,
    [
      { address: 'no address', password: 'secret-1' },
      { address: 'ana@example.test', passwordHash: '{CRAM-MD5}x' },
      { address: 'bo@example.test', password: '' },
      { address: 'cy@example.test' },
      { address: 'di@example.test', passwordHash: ssha },
      { address: 'DI@example.test', passwordHash: ssha },
    ],
    { ifThere: 'update' },
  );
  assert.deepEqual(
    answers.map((answer) => (answer.kind === 'refused' ? answer.code : answer.kind)),
    [
      'ADDRESS_INVALID',
      'PASSWORD_HASH_UNFIT',
      'PASSWORD_UNFIT',
      'PASSWORD_UNFIT',
      'added',
      'ACCOUNT_EXISTS',
    ],
  );
  assert.deepEqual(
    made.book.accounts().map(({ address }) => address),
    ['di@example.test'],
  );
});
