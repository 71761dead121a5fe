// The tools for a stopped node: they show everything, change nothing, and say what is damaged.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { catMessage, checkSpool, exportSpool, listSpool, openSpool } from '../src/index.ts';
import type { CheckStep } from '../src/index.ts';
import { openTemporarySpool, testSpoolOptions } from '../src/testing.ts';
import { deferred, facts, store, temporaryDirectory } from './test-mail.ts';

async function all<T>(steps: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const step of steps) found.push(step);
  return found;
}

async function spoolWithThree(dir: string): Promise<{ ids: string[]; bodies: Buffer[] }> {
  await using spool = await openSpool(testSpoolOptions(dir));
  const bodies = [randomBytes(1000), randomBytes(2000), randomBytes(100_000)];
  const ids: string[] = [];
  for (const body of bodies) ids.push((await store(spool, facts(), body)).id);
  await spool.settle(ids[0] ?? '', [deferred('ana@example.test')]);
  return { ids, bodies };
}

test('list, cat and export show every message with its bytes and outcomes', async () => {
  await using dir = await temporaryDirectory();
  const { ids, bodies } = await spoolWithThree(dir.path);
  const listed = await all(listSpool(dir.path));
  assert.deepEqual(
    listed.map((one) => (one.kind === 'message' ? one.message.id : one.problem)),
    ids,
  );

  const cat = await catMessage(dir.path, ids[0] ?? '');
  assert.deepEqual(cat?.body, { kind: 'bytes', bytes: bodies[0] });
  assert.equal(cat.message.outcomes.get('ana@example.test')?.outcome.kind, 'deferred');
  assert.equal(await catMessage(dir.path, 'm0000000000000000000000000'), undefined);

  const target = join(dir.path, 'exported');
  const steps = await all(exportSpool(dir.path, target));
  assert.deepEqual(steps.at(-1), { id: ids[2], done: 3, messages: 3 });
  assert.equal((await readdir(target)).length, 6);
  assert.deepEqual(await readFile(join(target, `${ids[2]}.eml`)), bodies[2]);
  const json = JSON.parse(await readFile(join(target, `${ids[0]}.json`), 'utf8')) as {
    envelope: { sender: string };
  };
  assert.equal(json.envelope.sender, 'bob@sender.test');
  assert.ok(
    (await all(exportSpool(dir.path, target))).every(({ problem }) => problem !== undefined),
    'nothing is overwritten',
  );
});

test('check finds nothing in a sound spool, and names a damaged body', async () => {
  await using dir = await temporaryDirectory();
  const { ids } = await spoolWithThree(dir.path);
  assert.deepEqual(await summaryOf(dir.path), { messages: 3, problems: 0, isLive: false });

  const [segment = ''] = await readdir(join(dir.path, 'segments'));
  const path = join(dir.path, 'segments', segment);
  const bytes = await readFile(path);
  const second = bytes.indexOf(bytes.subarray(0, 8), 1);
  bytes[second - 5] = (bytes[second - 5] ?? 0) ^ 1; // The end of the first body.
  const file = await open(path, 'w');
  await file.writeFile(bytes);
  await file.close();

  const problems = (await all(checkSpool(dir.path))).filter(
    (step): step is CheckStep & { kind: 'problem' } => step.kind === 'problem',
  );
  assert.deepEqual(
    problems.map(({ id }) => id),
    [ids[0]],
  );
  assert.deepEqual(await readFile(path), bytes, 'check changes nothing');
});

test('beside a running node the tools work and say that it is live', async () => {
  await using temporary = await openTemporarySpool();
  await store(temporary.spool);
  assert.deepEqual(await summaryOf(temporary.dir), { messages: 1, problems: 0, isLive: true });
  await store(temporary.spool);
});

test('a directory without a spool is SPOOL_UNUSABLE', async () => {
  await assert.rejects(all(checkSpool('/nonexistent')), { code: 'SPOOL_UNUSABLE' });
});

async function summaryOf(dir: string): Promise<unknown> {
  const last = (await all(checkSpool(dir))).at(-1);
  assert.ok(last?.kind === 'summary');
  return { messages: last.messages, problems: last.problems, isLive: last.isLive };
}
