// People through the operators' door, into a real account book and out again.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAccountBook } from '@restante/accounts';
import { Secret, silentLogger, systemClock } from '@restante/runtime';
import {
  createOperatorClient,
  createOperatorServer,
  SiteApiError,
  type SiteOperations,
} from '@restante/site-api';
import { explainFailure } from '../src/explain-failure.ts';
import { createAccountOperations } from '../src/operations/account-operations.ts';

const token = new Secret('a-token-of-this-test');
const ana = 'ana@us.example';
const failsWith = (code: string) => (failure: unknown) =>
  failure instanceof SiteApiError && failure.code === code;

async function open(stack: AsyncDisposableStack) {
  const dir = await mkdtemp(join(tmpdir(), 'restante-people-'));
  stack.defer(async () => rm(dir, { recursive: true, force: true }));
  const book = stack.use(
    openAccountBook({
      dir,
      clock: systemClock,
      tagSeparatorOf: () => '+',
      isCaseSensitive: () => false,
      quotaDefaultBytes: 1000,
    }),
  );
  const server = stack.use(
    await createOperatorServer({
      listen: '127.0.0.1:0',
      token,
      site: 'us',
      // Nothing else of a site is asked here.
      operations: { accounts: createAccountOperations(book) } as SiteOperations,
      metrics: { render: () => '' },
      isReady: () => ({ ready: true, why: [] }),
      logger: silentLogger,
      explain: explainFailure,
    }),
  );
  const baseUrl = `http://${server.address}`;
  const { accounts } = stack.use(createOperatorClient({ baseUrl, token }));
  return { book, accounts };
}

test('an account is added, changed, shown, given an app password and removed', async () => {
  await using stack = new AsyncDisposableStack();
  const { book, accounts } = await open(stack);
  await accounts.add({ address: 'Ana@US.example', password: 'secret-1', quotaBytes: 50 });
  await assert.rejects(
    accounts.add({ address: ana, password: 'secret-2' }),
    failsWith('ALREADY_THERE'),
  );
  await accounts.setQuota(ana, { quotaMessages: 3 });
  await accounts.setState(ana, 'suspended');
  await accounts.setState(ana, 'suspended');
  const used = { usageBytes: 0, usageMessages: 0 };
  assert.deepEqual(await accounts.show(ana), {
    address: ana,
    state: 'suspended',
    quotaBytes: 50,
    quotaMessages: 3,
    ...used,
  });
  await accounts.setQuota(ana, { quotaBytes: null });
  await accounts.setFiltering(ana, { filtering: 'off' });
  await accounts.setFiltering(ana, { junk: 'inbox' });
  assert.equal((await accounts.show(ana)).filtering, 'off');
  assert.equal((await accounts.show(ana)).junk, 'inbox');
  assert.equal((await accounts.show(ana)).quotaBytes, undefined);
  assert.equal((await accounts.show(ana)).quotaMessages, 3);

  const { secret, id } = await accounts.addAppPassword(ana, { label: 'phone', scopes: ['imap'] });
  assert.equal(book.secrets.appPasswordOf(ana, secret)?.id, id);
  assert.deepEqual(
    (await accounts.appPasswords(ana)).map(({ label, scopes }) => [label, scopes]),
    [['phone', ['imap']]],
  );
  await accounts.revokeAppPassword(ana, id);
  await assert.rejects(accounts.revokeAppPassword(ana, id), failsWith('NOT_FOUND'));
  await accounts.remove(ana);
  await assert.rejects(accounts.remove(ana), failsWith('NOT_FOUND'));
  await assert.rejects(accounts.show(ana), failsWith('NOT_FOUND'));
  await assert.rejects(accounts.appPasswords(ana), failsWith('NOT_FOUND'));
});

test('what was exported with hashes is imported elsewhere, and the password is the same', async () => {
  await using stack = new AsyncDisposableStack();
  const here = await open(stack);
  const there = await open(stack);
  await here.accounts.add({ address: ana, password: 'secret-1' });
  const exported = await here.accounts.exportWithHashes('us.example');
  const rows = exported.map(({ address, state, passwordHash }) => ({
    address,
    state,
    passwordHash,
  }));
  const request = { rows, ifThere: 'update', isDryRun: false } as const;
  assert.deepEqual(await there.accounts.import(request), [{ kind: 'added', address: ana }]);
  assert.deepEqual(await there.accounts.import(request), [{ kind: 'unchanged', address: ana }]);
  assert.equal(await there.book.verifyPassword(ana, 'secret-1'), true);
  const bad = [{ address: ana, passwordHash: '{CRAM-MD5}x' }];
  const [refused] = await there.accounts.import({ ...request, rows: bad });
  assert.match(refused?.problem ?? '', /no scheme that can be checked here/);
});

test('aliases and catch-alls are set, listed and taken away; what leads nowhere is refused', async () => {
  await using stack = new AsyncDisposableStack();
  const { accounts } = await open(stack);
  await accounts.add({ address: ana, password: 'secret-1' });
  await accounts.setAlias('all@us.example', [ana]);
  await accounts.setCatchAll('us.example', ana);
  assert.deepEqual(await accounts.aliases(), [{ address: 'all@us.example', targets: [ana] }]);
  assert.deepEqual(await accounts.catchAlls(), [{ domain: 'us.example', target: ana }]);
  await assert.rejects(
    accounts.setAlias('x@us.example', ['x@us.example']),
    failsWith('NOT_POSSIBLE'),
  );
  await accounts.removeAlias('all@us.example');
  await accounts.removeAlias('all@us.example');
  await accounts.setCatchAll('us.example', undefined);
  assert.deepEqual([await accounts.aliases(), await accounts.catchAlls()], [[], []]);
});

test('an account is stopped from sending with a reason, keeps its mailbox, and is resumed', async () => {
  await using stack = new AsyncDisposableStack();
  const { accounts } = await open(stack);
  await accounts.add({ address: ana, password: 'secret-1' });
  const wanted = {
    scope: 'sending',
    reason: 'a stolen password',
    isConfirmedSpammer: false,
  } as const;
  const { suspension, heldMessages } = await accounts.suspend(ana, wanted);
  assert.deepEqual(
    [suspension.reason, suspension.by, heldMessages],
    ['a stolen password', 'operator', 0],
  );
  await accounts.setSendLimits(ana, { recipientsPerDay: 50, recipientsPerHour: 5 });
  await accounts.setSendLimits(ana, { recipientsPerHour: null });
  const row = await accounts.show(ana);
  assert.deepEqual(
    [row.state, row.suspension, row.sendLimits],
    ['active', suspension, { recipientsPerDay: 50 }],
  );
  assert.equal((await accounts.resume(ana)).wasSuspended, true);
  assert.equal((await accounts.resume(ana)).wasSuspended, false);
  await accounts.suspend(ana, { ...wanted, scope: 'all' });
  assert.equal((await accounts.show(ana)).state, 'suspended');
  assert.deepEqual(await accounts.explainSending(ana), { points: 0, findings: [] });
  await assert.rejects(accounts.suspend('no@us.example', wanted), failsWith('NOT_FOUND'));
});
