// The audit log on a disk: whole lines, bounded files, several writers, a disk that refuses.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAuditLog } from '../src/audit/audit-log.ts';

async function inDirectory(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'audit-'));
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function linesIn(dir: string): Promise<readonly { readonly n: string }[]> {
  const texts = await Promise.all(
    (await readdir(dir)).map((name) => readFile(join(dir, name), 'utf8')),
  );
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { n: string }),
  );
}

test('two nodes write to one file, lines stay whole, and none is lost when it moves on', async () => {
  await inDirectory(async (dir) => {
    const options = { path: join(dir, 'logins.jsonl'), maxBytes: 20_000, filesKept: 50 };
    {
      await using one = openAuditLog(options);
      await using two = openAuditLog(options);
      for (let round = 0; round < 100; round += 1) {
        for (let index = 0; index < 10; index += 1) {
          one.write({ n: `one-${round}-${index}`, pad: 'x'.repeat(50) });
          two.write({ n: `two-${round}-${index}`, pad: 'x'.repeat(50) });
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const names = new Set((await linesIn(dir)).map(({ n }) => n));
    assert.equal(names.size, 2000);
    const files = await readdir(dir);
    assert.ok(files.length > 1 && files.length <= 51, String(files));
    for (const file of files) assert.equal((await stat(join(dir, file))).mode & 0o777, 0o600);
  });
});

test('only so many files are kept', async () => {
  await inDirectory(async (dir) => {
    for (let round = 0; round < 6; round += 1) {
      await using log = openAuditLog({ path: join(dir, 'l'), maxBytes: 10, filesKept: 2 });
      log.write({ n: `round-${round}` });
    }
    assert.deepEqual((await readdir(dir)).toSorted(), ['l', 'l.1', 'l.2']);
    assert.deepEqual((await linesIn(dir)).map(({ n }) => n).toSorted(), [
      'round-3',
      'round-4',
      'round-5',
    ]);
  });
});

test('a disk that refuses is told of, and what was lost is said when it takes lines again', async () => {
  await inDirectory(async (dir) => {
    const problems: unknown[] = [];
    const path = join(dir, 'gone', 'l');
    const log = openAuditLog({
      path,
      maxBytes: 1000,
      filesKept: 1,
      onProblem: (cause) => problems.push(cause),
    });
    await rm(join(dir, 'gone'), { recursive: true });
    log.write({ n: 'lost' });
    while (problems.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await (await import('node:fs/promises')).mkdir(join(dir, 'gone'));
    log.write({ n: 'kept' });
    await log[Symbol.asyncDispose]();
    assert.equal(await readFile(path, 'utf8'), '{"lostLines":1}\n{"n":"kept"}\n');
  });
});
