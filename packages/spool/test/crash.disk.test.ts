// Kill, tear, flip: what was acknowledged is there afterwards, whole, and what was not is there whole or not at all.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { open, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RestanteEvent } from '@restante/mail-model';
import { openSpool } from '../src/index.ts';
import { testSpoolOptions } from '../src/testing.ts';
import { assertPromisesKept, readPromises } from './promises-kept.ts';
import { bodyOf, facts, store, temporaryDirectory } from './test-mail.ts';

const killRounds = Number(process.env['RESTANTE_KILLS'] ?? 12);
const child = join(import.meta.dirname, 'committing-child.ts');

test(`kill -9 at ${killRounds} random instants loses nothing that was acknowledged (law 2)`, async () => {
  await using dir = await temporaryDirectory();
  let output = '';
  for (let round = 0; round < killRounds; round += 1) {
    output += await runAndKill(dir.path, randomInt(1, 60));
    // Every fifth time we look; in between the next process takes over what the killed one left.
    if (round % 5 === 4) await assertPromisesKept(dir.path, readPromises(output));
  }
  const promised = readPromises(output);
  await assertPromisesKept(dir.path, promised);
  assert.ok(
    promised.stored.size > killRounds,
    `only ${promised.stored.size} messages were committed`,
  );
});

/** Kills the process some milliseconds after its first acknowledgement; gives everything it said. */
async function runAndKill(dir: string, afterMs: number): Promise<string> {
  const running = spawn(process.execPath, ['--conditions=source', child, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let isDoomed = false;
  for await (const piece of running.stdout) {
    output += String(piece);
    if (isDoomed || !/^m/m.test(output)) continue;
    isDoomed = true;
    setTimeout(() => running.kill('SIGKILL'), afterMs);
  }
  assert.ok(isDoomed, `the process ended by itself: ${output}`);
  return output.endsWith('\n') ? output : output.slice(0, output.lastIndexOf('\n') + 1);
}

test('a torn tail is cut off wherever the last record was torn, and the record before it stays', async () => {
  await using original = await temporaryDirectory();
  const { kept, torn, lastBytes } = await twoMessages(original.path);
  // Every byte of the header and of the end, and samples between.
  for (let cut = 1; cut <= lastBytes; cut += cut < 10 || lastBytes - cut < 40 ? 1 : 11) {
    await using copy = await temporaryDirectory(original.path);
    const path = await onlySegment(copy.path);
    const { length } = await readFile(path);
    await truncate(path, length - cut);
    const events: RestanteEvent[] = [];
    await using spool = await openSpool({
      ...testSpoolOptions(copy.path),
      onEvent: (event) => void events.push(event),
    });
    await spool.loaded;
    assert.deepEqual(
      [...spool.list()].map(({ id }) => id),
      [kept],
      `cut ${cut} bytes short`,
    );
    assert.equal(spool.has(torn), false);
    assert.deepEqual(
      events.map(({ name }) => name),
      cut === lastBytes ? [] : ['spool.torn-tail'],
    );
  }
});

test('a torn last body of the right length (zeroes instead of bytes) is cut off too', async () => {
  await using dir = await temporaryDirectory();
  const { kept } = await twoMessages(dir.path);
  const path = await onlySegment(dir.path);
  const bytes = await readFile(path);
  bytes.fill(0, bytes.length - 10);
  await rewrite(path, bytes);
  await using spool = await openSpool(testSpoolOptions(dir.path));
  await spool.loaded;
  assert.deepEqual(
    [...spool.list()].map(({ id }) => id),
    [kept],
  );
});

test('a flipped byte anywhere in the middle costs one record, which is set aside and reported; the others stay', async () => {
  await using original = await temporaryDirectory();
  {
    await using spool = await openSpool(testSpoolOptions(original.path));
    for (let nth = 0; nth < 3; nth += 1)
      await store(spool, facts(), `message ${nth} ${'x'.repeat(50)}`);
  }
  const whole = await readFile(await onlySegment(original.path));
  const starts = recordStarts(whole);
  const [, second = 0, third = 0] = starts;
  for (let at = second; at < third; at += 11) {
    await using copy = await temporaryDirectory(original.path);
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 0x40;
    await rewrite(await onlySegment(copy.path), bytes);
    const events: RestanteEvent[] = [];
    await using spool = await openSpool({
      ...testSpoolOptions(copy.path),
      onEvent: (event) => void events.push(event),
    });
    await spool.loaded;
    const unreadable: string[] = [];
    for (const { id } of spool.list()) {
      await bodyOf(spool, id).catch((error: unknown) => {
        assert.equal((error as { code?: string }).code, 'SPOOL_UNREADABLE');
        unreadable.push(id);
      });
    }
    assert.equal(spool.stats().messages, 2, `byte ${at}`);
    assert.equal(events.filter(({ name }) => name === 'spool.corrupt').length, 1, `byte ${at}`);
    assert.equal((await readdir(join(copy.path, 'corrupt'))).length, 1);
    assert.equal(spool.stats().corrupt, 1);
  }
});

test('a body that looks like a record of ours cannot smuggle one in behind a damaged record', async () => {
  await using dir = await temporaryDirectory();
  {
    await using spool = await openSpool(testSpoolOptions(dir.path));
    await store(spool);
  }
  const forged = await readFile(await onlySegment(dir.path));
  await using fresh = await temporaryDirectory();
  {
    await using spool = await openSpool(testSpoolOptions(fresh.path));
    await store(spool, facts(), forged);
    await store(spool);
  }
  const path = await onlySegment(fresh.path);
  const bytes = await readFile(path);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  await rewrite(path, bytes);
  await using spool = await openSpool(testSpoolOptions(fresh.path));
  await spool.loaded;
  assert.equal(spool.stats().messages, 1);
});

test('rubbish in place of a segment, a ledger and voids.json is reported or passed over, and mail is accepted', async () => {
  await using dir = await temporaryDirectory();
  {
    await using spool = await openSpool(testSpoolOptions(dir.path));
    await store(spool);
  }
  await rewrite(await onlySegment(dir.path), Buffer.alloc(5000, 'rubbish'));
  await rewrite(join(dir.path, 'ledger', '00000001.led'), Buffer.alloc(100, 1));
  await rewrite(join(dir.path, 'voids.json'), Buffer.from('{"not'));
  await rewrite(join(dir.path, 'segments', 'README'), Buffer.from('not ours'));
  const events: RestanteEvent[] = [];
  await using spool = await openSpool({
    ...testSpoolOptions(dir.path),
    onEvent: (event) => void events.push(event),
  });
  await spool.loaded;
  const { id } = await store(spool);
  assert.ok(spool.has(id));
  assert.deepEqual(
    events.filter(({ name }) => name !== 'spool.committed').map(({ name }) => name),
    ['spool.corrupt'],
  );
  assert.equal((await readdir(join(dir.path, 'corrupt'))).length, 1);
});

/** Two messages and no seal, as a crash leaves it; how long the record of the second is. */
async function twoMessages(
  dir: string,
): Promise<{ kept: string; torn: string; lastBytes: number }> {
  await using spool = await openSpool(testSpoolOptions(dir));
  const kept = await store(spool);
  const torn = await store(spool, facts(), 'short\r\n');
  await using copy = await temporaryDirectory(dir);
  await spool[Symbol.asyncDispose]();
  const path = await onlySegment(dir);
  await rewrite(path, await readFile(await onlySegment(copy.path)));
  const bytes = await readFile(path);
  return { kept: kept.id, torn: torn.id, lastBytes: bytes.length - (recordStarts(bytes)[1] ?? 0) };
}

function recordStarts(bytes: Buffer): number[] {
  const marker = bytes.subarray(0, 8);
  const starts: number[] = [];
  for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + 1)) starts.push(at);
  return starts;
}

async function onlySegment(dir: string): Promise<string> {
  const names = (await readdir(join(dir, 'segments'))).filter((name) => name.endsWith('.seg'));
  return join(dir, 'segments', names[0] ?? '');
}

async function rewrite(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'w');
  await file.writeFile(bytes);
  await file.close();
}
