// Damage never destroys more than it hit: what was acknowledged and can no longer be read is kept for a person, whole, at this start and at every later one.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { RestanteEvent } from '@restante/mail-model';
import { openSpool } from '../src/index.ts';
import type { SpoolOptions } from '../src/index.ts';
import { testSpoolOptions } from '../src/testing.ts';
import { whyNoStrace } from './strace.ts';
import { bodyOf, delivered, facts, store, temporaryDirectory, until } from './test-mail.ts';
import type { TemporaryDirectory } from './test-mail.ts';

const large = randomBytes(100_000);

test('a damaged record does not take the large body it named with it, not even when its segment is gone, until a person has emptied corrupt/', async () => {
  await using dir = await temporaryDirectory();
  const ids = await largeAndSmall(dir.path);
  await damage(await segmentPath(dir.path), (bytes) => bytes.indexOf('"envelope"'));
  const names = await readdir(join(dir.path, 'large'));
  {
    await using spool = await openAndLoad(dir.path, { quietMs: 0 });
    assert.deepEqual(listed(spool), [ids[1]]);
    assert.deepEqual(await readdir(join(dir.path, 'large')), names);
    await spool.finish(ids[1] ?? '', [delivered('ana@example.test')]);
    await until(async () => (await readdir(join(dir.path, 'segments'))).length === 1, 'reclaimed');
  }
  {
    await using _spool = await openAndLoad(dir.path);
    assert.deepEqual(await readFile(join(dir.path, 'large', names[0] ?? '')), large);
  }
  const [aside = ''] = await readdir(join(dir.path, 'corrupt'));
  assert.ok((await readFile(join(dir.path, 'corrupt', aside))).includes(names[0] ?? '?'));
  await rm(join(dir.path, 'corrupt', aside));
  await using _spool = await openAndLoad(dir.path);
  assert.deepEqual(await readdir(join(dir.path, 'large')), []);
});

test(
  'a segment that could not be read at one start costs nothing: its large bodies are there at the next',
  { skip: whyNoStrace() },
  async () => {
    await using dir = await temporaryDirectory();
    const [id = ''] = await largeAndSmall(dir.path);
    const child = ['--conditions=source', join(import.meta.dirname, 'opening-child.ts'), dir.path];
    const fault = ['-e', 'trace=pread64', '-e', 'inject=pread64:error=EIO'];
    const path = ['-P', await segmentPath(dir.path)];
    const strace = ['-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', ...path, ...fault];
    const { stdout } = await promisify(execFile)('strace', [...strace, process.execPath, ...child]);
    assert.equal((JSON.parse(stdout) as { messages: number }).messages, 1, 'only the new one');
    await using spool = await openAndLoad(dir.path);
    assert.deepEqual(await bodyOf(spool, id), large);
  },
);

test('a record found damaged while reading is set aside once, however many read it, and its large body stays', async () => {
  await using dir = await temporaryDirectory();
  const events: RestanteEvent[] = [];
  const [id = ''] = await largeAndSmall(dir.path);
  {
    await using spool = await openAndLoad(dir.path, {
      onEvent: (event) => void events.push(event),
    });
    await damage(await segmentPath(dir.path), (bytes) => bytes.indexOf('"envelope"'));
    const reads = await Promise.allSettled([
      spool.read(id),
      spool.body(id),
      spool.readWithBody(id),
    ]);
    for (const read of reads) {
      assert.equal(read.status, 'rejected');
      assert.equal((read.reason as { code?: string }).code, 'SPOOL_UNREADABLE');
    }
    assert.equal(spool.has(id), false);
  }
  assert.equal(events.filter(({ name }) => name === 'spool.corrupt').length, 1);
  await using _spool = await openAndLoad(dir.path);
  const [name = ''] = await readdir(join(dir.path, 'large'));
  assert.deepEqual(await readFile(join(dir.path, 'large', name)), large);
});

test('bodies that no record ever named are removed by a start that could read everything, unfinished ones by any', async () => {
  await using dir = await temporaryDirectory();
  const ids = await largeAndSmall(dir.path);
  const [kept = ''] = await readdir(join(dir.path, 'large'));
  const stray = async (): Promise<void> => {
    await writeFile(join(dir.path, 'large', 'renamed.body'), 'never named');
    await writeFile(join(dir.path, 'large', 'growing.tmp'), 'never whole');
  };
  await stray();
  {
    await using spool = await openAndLoad(dir.path);
    assert.deepEqual(listed(spool), ids);
    assert.deepEqual(await readdir(join(dir.path, 'large')), [kept]);
  }
  await stray();
  await damage(await segmentPath(dir.path), (bytes) => bytes.lastIndexOf('"envelope"'));
  await using _spool = await openAndLoad(dir.path);
  assert.deepEqual((await readdir(join(dir.path, 'large'))).sort(), [kept, 'renamed.body'].sort());
});

for (const where of ['head', 'body'] as const) {
  test(`the last acknowledged message, its ${where} damaged after a crash, is cut off but never thrown away`, async () => {
    await using dir = await temporaryDirectory();
    await using crashed = await afterCrash(dir.path);
    const segment = await segmentPath(crashed.path);
    await damage(segment, (bytes) =>
      bytes.lastIndexOf(where === 'head' ? '"envelope"' : 'last acknowledged'),
    );
    const bytes = await readFile(segment);
    const from = bytes.lastIndexOf(bytes.subarray(0, 8));
    // A start that died while it set the tail aside.
    const name = `${segment.slice(segment.lastIndexOf('/') + 1, -4)}-${from}-${bytes.length}.tail`;
    await writeFile(join(crashed.path, 'corrupt', `${name}.tmp`), bytes.subarray(from, from + 5));

    const events: RestanteEvent[] = [];
    await using spool = await openAndLoad(crashed.path, {
      onEvent: (event) => void events.push(event),
    });
    assert.equal(spool.stats().messages, 1);
    assert.equal(spool.stats().corrupt, 0);
    assert.deepEqual(
      events.map((event) => (event.name === 'spool.torn-tail' ? event.cutBytes : event.name)),
      [bytes.length - from],
    );
    assert.deepEqual(await readdir(join(crashed.path, 'corrupt')), [name]);
    assert.deepEqual(
      await readFile(join(crashed.path, 'corrupt', name)),
      bytes.subarray(from, bytes.length),
    );
  });
}

test('a tail that cannot be set aside is not cut off either', async () => {
  await using dir = await temporaryDirectory();
  await using crashed = await afterCrash(dir.path);
  const segment = await segmentPath(crashed.path);
  await damage(segment, (bytes) => bytes.lastIndexOf('last acknowledged'));
  const bytes = await readFile(segment);
  const name = `${segment.slice(segment.lastIndexOf('/') + 1, -4)}-${bytes.lastIndexOf(bytes.subarray(0, 8))}-${bytes.length}.tail`;
  await mkdir(join(crashed.path, 'corrupt', `${name}.tmp`, 'in the way'), { recursive: true });
  {
    await using spool = await openAndLoad(crashed.path);
    assert.equal(spool.stats().messages, 1);
    await store(spool);
  }
  assert.deepEqual(await readFile(segment), bytes);
});

/** A large message and a small one behind it, in a spool that was closed in order. */
async function largeAndSmall(dir: string): Promise<string[]> {
  await using spool = await openSpool(testSpoolOptions(dir));
  return [(await store(spool, facts(), large)).id, (await store(spool)).id];
}

/** The directory as kill -9 right after the second acknowledgement leaves it. */
async function afterCrash(dir: string): Promise<TemporaryDirectory> {
  await using spool = await openSpool(testSpoolOptions(dir));
  await store(spool, facts(), 'first\r\n');
  await store(spool, facts(), 'last acknowledged\r\n');
  return await temporaryDirectory(dir);
}

async function openAndLoad(
  dir: string,
  more: Partial<SpoolOptions> = {},
): Promise<Awaited<ReturnType<typeof openSpool>>> {
  const spool = await openSpool({ ...testSpoolOptions(dir), ...more });
  await spool.loaded;
  return spool;
}

function listed(spool: Awaited<ReturnType<typeof openSpool>>): string[] {
  return [...spool.list()].map(({ id }) => id);
}

async function segmentPath(dir: string): Promise<string> {
  const [name = ''] = await readdir(join(dir, 'segments'));
  return join(dir, 'segments', name);
}

/** Flips one bit, as time does. */
async function damage(path: string, placeIn: (bytes: Buffer) => number): Promise<void> {
  const bytes = await readFile(path);
  const at = placeIn(bytes);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
