// Space comes back, without losing or reviving anything, wherever a crash falls.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RestanteEvent } from '@restante/mail-model';
import { openSpool } from '../src/index.ts';
import type { Spool, SpoolOptions } from '../src/index.ts';
import { testSpoolOptions } from '../src/testing.ts';
import {
  bodyOf,
  deferred,
  delivered,
  facts,
  store,
  temporaryDirectory,
  until,
} from './test-mail.ts';
import type { TemporaryDirectory } from './test-mail.ts';

/** Four messages of 16 KiB fill a segment. */
const options = (dir: string, more: Partial<SpoolOptions> = {}): SpoolOptions => ({
  ...testSpoolOptions(dir),
  segmentMaxBytes: 64 * 1024,
  quietMs: 0,
  ...more,
});
const body = Buffer.alloc(16 * 1024, 'x');

async function fill(spool: Spool, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const { id } = await store(
      spool,
      facts({ to: ['ana@example.test', 'eva@example.test'] }),
      body,
    );
    spool.confirmReply(id);
    ids.push(id);
  }
  return ids;
}

const segmentCount = async (dir: string): Promise<number> =>
  (await readdir(join(dir, 'segments'))).length;

test('stragglers of a mostly dead segment are copied forward with outcomes and hold, and its file goes', async () => {
  await using dir = await temporaryDirectory();
  const moved: number[] = [];
  const onEvent = (event: RestanteEvent): void =>
    void (event.name === 'spool.reclaimed' && moved.push(event.movedMessages));
  let straggler = '';
  {
    await using spool = await openSpool(options(dir.path, { onEvent }));
    await spool.loaded;
    const ids = await fill(spool, 20);
    straggler = ids[1] ?? '';
    await spool.settle(straggler, [delivered('ana@example.test'), deferred('eva@example.test')]);
    await spool.hold(straggler, 'wait');
    for (const id of ids)
      if (id !== straggler) await spool.finish(id, [delivered('ana@example.test')]);
    await until(() => moved.includes(1) && spool.stats().segments <= 2, 'the straggler was moved');
    await assertStraggler(spool, straggler);
  }
  await using spool = await openSpool(options(dir.path));
  await spool.loaded;
  assert.deepEqual(
    [...spool.list()].map(({ id }) => id),
    [straggler],
  );
  await assertStraggler(spool, straggler);
  await spool.finish(straggler, [delivered('eva@example.test')]);
  assert.equal(spool.stats().messages, 0);
});

async function assertStraggler(spool: Spool, id: string): Promise<void> {
  const message = await spool.read(id);
  assert.deepEqual(message?.pending, ['eva@example.test']);
  assert.equal(message.outcomes.get('eva@example.test')?.attempts, 1);
  assert.equal(message.held, 'wait');
  assert.equal(spool.isReplyUnconfirmed(id), false);
  assert.deepEqual(await bodyOf(spool, id), body);
}

test('a release outlives the message it released: its segment stays, or says it again, while the older one is there', async () => {
  await using dir = await temporaryDirectory();
  let live: string[];
  {
    await using spool = await openSpool(options(dir.path));
    await spool.loaded;
    const old = await fill(spool, 4); // One segment, of which two messages stay.
    live = old.slice(0, 2);
    for (const id of old.slice(2)) await spool.finish(id, [delivered('ana@example.test')]);
    // The releases are in the second segment; now that one and its successors die completely.
    for (const id of await fill(spool, 12)) await spool.finish(id, [delivered('ana@example.test')]);
    await until(() => spool.stats().segments <= 2, 'the dead segments between are gone');
  }
  await using spool = await openSpool(options(dir.path));
  await spool.loaded;
  assert.deepEqual(
    [...spool.list()].map(({ id }) => id),
    live,
  );
});

test('a crash at any moment of reclaiming neither loses nor revives a message', async () => {
  await using dir = await temporaryDirectory();
  await using spool = await openSpool(options(dir.path, { quietMs: 300 })); // Time for the first photographs.
  await spool.loaded;
  const ids = await fill(spool, 40);
  const live = ids.filter((_, nth) => nth % 8 === 0);
  for (const id of live) await spool.settle(id, [delivered('ana@example.test')]);
  for (const id of ids)
    if (!live.includes(id)) await spool.finish(id, [delivered('ana@example.test')]);
  const photographs: TemporaryDirectory[] = [];
  await until(async () => {
    // A copy of the directory while it changes is what a kill could leave, up to files that vanish meanwhile.
    await temporaryDirectory(dir.path).then(
      (copy) => photographs.push(copy),
      () => undefined,
    );
    return (await segmentCount(dir.path)) <= 4;
  }, 'the space is back');
  for (const photograph of photographs) {
    await using copy = photograph;
    await using reopened = await openSpool(options(copy.path));
    await reopened.loaded;
    assert.deepEqual(
      [...reopened.list()].map(({ id }) => id),
      live,
    );
    for (const id of live)
      assert.deepEqual((await reopened.read(id))?.pending, ['eva@example.test']);
  }
  assert.ok(photographs.length > 1);
});

test('copying forward does not stop commits, reads and finishes of the same messages', async () => {
  await using dir = await temporaryDirectory();
  await using spool = await openSpool(options(dir.path));
  await spool.loaded;
  const ids = await fill(spool, 80);
  const live = new Set(ids.filter((_, nth) => nth % 7 === 0));
  for (const id of ids) if (!live.has(id)) await spool.finish(id, [delivered('ana@example.test')]);
  const until0 = performance.now() + 700;
  while (performance.now() < until0) {
    const [first = ''] = live;
    const fresh = await store(spool, facts({ to: ['ana@example.test', 'eva@example.test'] }), body);
    spool.confirmReply(fresh.id);
    for (const id of live) assert.equal((await spool.readWithBody(id))?.message.id, id);
    await Promise.all([
      spool.settle(fresh.id, [delivered('ana@example.test')]),
      spool.finish(first, [delivered('ana@example.test')]),
    ]);
    live.delete(first);
    live.add(fresh.id);
  }
  const expected = [...live].sort();
  assert.deepEqual(
    [...spool.list()].map(({ id }) => id),
    expected,
  );
  await spool[Symbol.asyncDispose]();
  await using reopened = await openSpool(options(dir.path));
  await reopened.loaded;
  assert.deepEqual(
    [...reopened.list()].map(({ id }) => id),
    expected,
  );
});

test('a finish that is on its way when its segment is emptied is not followed by a copy', async () => {
  await using dir = await temporaryDirectory();
  for (let round = 0; round < 4; round += 1) {
    await using spool = await openSpool(options(dir.path));
    await spool.loaded;
    const ids = await fill(spool, 24);
    for (const id of ids.slice(4)) await spool.finish(id, [delivered('ana@example.test')]);
    // Until the emptying begins and beyond, one after the other leaves.
    for (const id of ids.slice(0, 4)) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await spool.finish(id, [delivered('ana@example.test')]);
    }
  }
  await using spool = await openSpool(options(dir.path));
  await spool.loaded;
  assert.equal(spool.stats().messages, 0);
});

test('outcomes, a hold and the end of a hold outlive the segment they were recorded in', async () => {
  await using dir = await temporaryDirectory();
  let ids: string[];
  {
    await using spool = await openSpool(options(dir.path));
    await spool.loaded;
    ids = await fill(spool, 4);
    const [settled = '', held = '', unheld = ''] = ids;
    await spool.hold(unheld, 'for a moment');
    const passing = await fill(spool, 2);
    await spool.settle(settled, [delivered('ana@example.test')]);
    await spool.hold(held, 'wait');
    await spool.unhold(unheld);
    for (const id of [...passing, ...(await fill(spool, 10))]) {
      await spool.finish(id, [delivered('ana@example.test')]);
    }
    await until(
      () => spool.stats().segments <= 2,
      'only the live segment and the active one are left',
    );
  }
  await using spool = await openSpool(options(dir.path));
  await spool.loaded;
  const [settled = '', held = '', unheld = ''] = ids;
  assert.deepEqual(
    [...spool.list()].map(({ id }) => id),
    ids,
  );
  assert.deepEqual((await spool.read(settled))?.pending, ['eva@example.test']);
  assert.equal((await spool.read(held))?.held, 'wait');
  assert.equal(spool.entry(unheld)?.held, false);
});
