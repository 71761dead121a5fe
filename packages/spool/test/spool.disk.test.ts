// What the port promises, on a real disk, across restarts.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, symlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RestanteEvent, Route } from '@restante/mail-model';
import { openSpool, SpoolError } from '../src/index.ts';
import type { SpoolOptions } from '../src/index.ts';
import { openTemporarySpool, testSpoolOptions } from '../src/testing.ts';
import {
  bodyOf,
  commit,
  deferred,
  delivered,
  facts,
  store,
  temporaryDirectory,
  until,
} from './test-mail.ts';

const routesOf: SpoolOptions['routesOf'] = (_, pending) =>
  [
    ...new Set(
      pending.map((address): Route => (address.endsWith('@home.test') ? 'local' : 'internet')),
    ),
  ].sort();

test('a committed message is read back whole, before and after a restart', async () => {
  await using dir = await temporaryDirectory();
  const bytes = randomBytes(5000);
  let id: string;
  {
    await using spool = await openSpool(testSpoolOptions(dir.path));
    const message = await store(
      spool,
      facts({ to: ['ana@example.test', 'eva@example.test'] }),
      bytes,
    );
    id = message.id;
    assert.deepEqual(await spool.read(id), message);
    assert.deepEqual(await bodyOf(spool, id), bytes);
  }
  await using spool = await openSpool(testSpoolOptions(dir.path));
  await spool.loaded;
  const both = await spool.readWithBody(id);
  assert.deepEqual(both?.message.pending, ['ana@example.test', 'eva@example.test']);
  assert.deepEqual(both.body, { kind: 'bytes', bytes });
  assert.equal(spool.stats().messages, 1);
});

test('a message above the small size streams to its own file and back', async () => {
  await using dir = await temporaryDirectory();
  const bytes = randomBytes(300_000);
  let id: string;
  {
    await using spool = await openSpool(testSpoolOptions(dir.path));
    const writer = spool.begin({ sizeBytes: bytes.length });
    for (let at = 0; at < bytes.length; at += 10_000)
      await writer.write(bytes.subarray(at, at + 10_000));
    const result = await writer.commit(facts());
    assert.equal(result.kind, 'stored');
    id = result.kind === 'stored' ? result.message.id : '';
    const given = spool.begin({});
    await given.write(bytes);
    await given.abort();
    await given.abort();
  }
  await using spool = await openSpool(testSpoolOptions(dir.path));
  await spool.loaded;
  assert.deepEqual(await bodyOf(spool, id), bytes);
  assert.equal((await readdir(join(dir.path, 'large'))).length, 1);
  await spool.finish(id, [delivered('ana@example.test')]);
  await until(
    async () => (await readdir(join(dir.path, 'large'))).length === 0,
    'the body is unlinked',
  );
});

test('a large body that changed on disk ends its stream with SPOOL_UNREADABLE', async () => {
  await using temporary = await openTemporarySpool({ smallMessageMaxBytes: 1000 });
  const { id } = await store(temporary.spool, facts(), randomBytes(5000));
  const [name = ''] = await readdir(join(temporary.dir, 'large'));
  await rm(join(temporary.dir, 'large', name));
  await assert.rejects(bodyOf(temporary.spool, id), { code: 'SPOOL_UNREADABLE' });
});

test('a settled recipient is never pending again, whatever comes after', async () => {
  await using dir = await temporaryDirectory();
  const options = { ...testSpoolOptions(dir.path), routesOf };
  let id: string;
  {
    await using spool = await openSpool(options);
    ({ id } = await store(spool, facts({ to: ['ana@home.test', 'eva@far.test', 'kim@far.test'] })));
    assert.deepEqual(spool.entry(id)?.routes, ['internet', 'local']);
    await Promise.all([
      spool.settle(id, [delivered('ana@home.test')]),
      spool.settle(id, [deferred('eva@far.test')]),
      spool.settle(id, [deferred('ana@home.test')]),
    ]);
    assert.deepEqual(spool.entry(id)?.routes, ['internet']);
  }
  await using spool = await openSpool(options);
  await spool.loaded;
  const message = await spool.read(id);
  assert.deepEqual(message?.pending, ['eva@far.test', 'kim@far.test']);
  assert.equal(message.outcomes.get('ana@home.test')?.outcome.kind, 'delivered');
  assert.equal(message.outcomes.get('eva@far.test')?.attempts, 1);
  assert.deepEqual(spool.entry(id)?.routes, ['internet']);
  await spool.settle(id, [deferred('eva@far.test')]);
  assert.equal((await spool.read(id))?.outcomes.get('eva@far.test')?.attempts, 2);
  await spool.settle(id, [delivered('eva@far.test'), delivered('kim@far.test')]);
  assert.equal(spool.entry(id)?.hasPending, false);
  await spool.release(id);
  await spool.release(id);
  assert.equal(spool.has(id), false);
});

test('a finished message is gone for good; releasing what is gone is not an error', async () => {
  await using dir = await temporaryDirectory();
  let ids: string[];
  {
    await using spool = await openSpool(testSpoolOptions(dir.path));
    ids = (await Promise.all(Array.from({ length: 20 }, async () => await store(spool)))).map(
      ({ id }) => id,
    );
    await Promise.all(
      ids.slice(0, 10).map(async (id) => await spool.finish(id, [delivered('ana@example.test')])),
    );
    await spool.finish(ids[0] ?? '', []);
    await spool.release(ids[10] ?? '');
  }
  await using spool = await openSpool(testSpoolOptions(dir.path));
  await spool.loaded;
  assert.deepEqual(
    [...spool.list()].map(({ id }) => id),
    ids.slice(11).sort(),
  );
  assert.equal(await spool.read(ids[0] ?? ''), undefined);
});

test('a hold survives a restart, and so does its end', async () => {
  await using dir = await temporaryDirectory();
  let ids: string[];
  {
    await using spool = await openSpool(testSpoolOptions(dir.path));
    ids = [(await store(spool)).id, (await store(spool)).id];
    for (const id of ids) await spool.hold(id, 'looks odd');
    await spool.unhold(ids[1] ?? '');
  }
  await using spool = await openSpool(testSpoolOptions(dir.path));
  await spool.loaded;
  assert.equal((await spool.read(ids[0] ?? ''))?.held, 'looks odd');
  assert.equal(spool.entry(ids[1] ?? '')?.held, false);
  assert.equal(spool.stats().held, 1);
});

test('entries are listed in the order of their ids, not of their arrival', async () => {
  await using temporary = await openTemporarySpool();
  const three = [facts(), facts(), facts()];
  for (const one of three.toReversed()) await store(temporary.spool, one);
  assert.deepEqual(
    [...temporary.spool.list()].map(({ id }) => id),
    three.map(({ messageId }) => messageId),
  );
});

test('many commits at once share few syncs (group commit)', async () => {
  const committed: number[] = [];
  const onEvent = (event: RestanteEvent): void => {
    if (event.name === 'spool.committed') committed.push(event.messages);
  };
  await using temporary = await openTemporarySpool({ onEvent });
  await Promise.all(Array.from({ length: 400 }, async () => await store(temporary.spool)));
  assert.equal(
    committed.reduce((sum, messages) => sum + messages, 0),
    400,
  );
  assert.ok(committed.length <= 40, `${committed.length} syncs for 400 messages`);
});

test('a second process, or a second opening, is told who holds the spool', async () => {
  await using temporary = await openTemporarySpool();
  await assert.rejects(openSpool(testSpoolOptions(temporary.dir)), (error: unknown) => {
    assert.ok(error instanceof SpoolError);
    assert.equal(error.code, 'SPOOL_LOCKED');
    assert.match(error.message, new RegExp(`pid ${process.pid}`));
    return true;
  });
});

test('a link in place of a directory is refused (SPOOL_UNUSABLE)', async () => {
  await using dir = await temporaryDirectory();
  await symlink('/tmp', join(dir.path, 'segments'));
  await assert.rejects(openSpool(testSpoolOptions(dir.path)), { code: 'SPOOL_UNUSABLE' });
});

test('below the floor of free space begin() throws SPOOL_FULL, and what is held can still be finished', async () => {
  await using dir = await temporaryDirectory();
  let id: string;
  {
    await using spool = await openSpool(testSpoolOptions(dir.path));
    ({ id } = await store(spool));
  }
  const events: RestanteEvent[] = [];
  const onEvent = (event: RestanteEvent): void => void events.push(event);
  await using spool = await openSpool({
    ...testSpoolOptions(dir.path),
    freeFloorBytes: 2 ** 60,
    onEvent,
  });
  await spool.loaded;
  assert.equal(spool.isFull(), true);
  assert.throws(() => spool.begin({}), { code: 'SPOOL_FULL' });
  assert.ok(events.some(({ name }) => name === 'spool.low-space'));
  await spool.finish(id, [delivered('ana@example.test')]);
  assert.equal(spool.stats().messages, 0);
});

test('after closing, commits and changes say SPOOL_CLOSED', async () => {
  await using dir = await temporaryDirectory();
  const spool = await openSpool(testSpoolOptions(dir.path));
  const writer = spool.begin({});
  const { id } = await store(spool);
  await spool[Symbol.asyncDispose]();
  await assert.rejects(writer.commit(facts()), { code: 'SPOOL_CLOSED' });
  assert.throws(() => spool.begin({}), { code: 'SPOOL_CLOSED' });
  await assert.rejects(spool.finish(id, []), { code: 'SPOOL_CLOSED' });
});

test('an empty message and one with a thousand recipients are messages too', async () => {
  await using temporary = await openTemporarySpool();
  const empty = await store(temporary.spool, facts(), '');
  assert.equal((await bodyOf(temporary.spool, empty.id)).length, 0);
  const to = Array.from({ length: 1000 }, (_, index) => `user${index}@example.test`);
  const many = await store(temporary.spool, facts({ to }));
  assert.deepEqual((await temporary.spool.read(many.id))?.pending, to);
  assert.equal((await commit(temporary.spool)).kind, 'stored');
});
