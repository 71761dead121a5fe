// Disks that fail: at every call of an accept, for a while, for good, and full ones. Never an acknowledgement for what is not durable, never a
// refused message that comes back, and as soon as the disk works again mail is accepted again.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { powerCutProblem, smallDisk } from '../../../test/kit/power-cut.ts';
import { openSpool } from '../src/index.ts';
import { testSpoolOptions } from '../src/testing.ts';
import { whyNoStrace } from './strace.ts';
import { assertPromisesKept, readPromises } from './promises-kept.ts';
import { commit, delivered, facts, store, temporaryDirectory } from './test-mail.ts';

const run = promisify(execFile);
const child = join(import.meta.dirname, 'committing-child.ts');
const straceProblem = whyNoStrace();

/** The first two fsyncs are of the directories, at the start; failing there is failing to start. */
const faults = [
  { call: 'fdatasync', error: 'EIO', from: 1, to: 2 },
  { call: 'fsync', error: 'EIO', from: 3, to: 7 },
  // The usual commit is one write that returns when it is on disk (O_DSYNC).
  { call: 'pwritev,pwrite64', error: 'EIO', from: 1, to: 6 },
  { call: 'pwritev,pwrite64', error: 'ENOSPC', from: 1, to: 6 },
  { call: 'rename', error: 'EIO', from: 1, to: 1 },
];

for (const { call, error, from, to } of faults) {
  test(
    `${error} from ${call} at call number ${from} to ${to} refuses, loses nothing and recovers (law 2)`,
    { skip: straceProblem },
    async () => {
      await each(from, to, async (nth) => {
        await using dir = await temporaryDirectory();
        const output = await runWithFault(dir.path, `${call}:error=${error}:when=${nth}`);
        const promised = readPromises(output);
        assert.ok(
          [...promised.refused.values()].every((code) => code === 'SPOOL_NOT_DURABLE'),
          output,
        );
        assert.ok(
          output.lastIndexOf('\nm') > output.lastIndexOf('\nrefused'),
          `nothing accepted after the fault: ${output}`,
        );
        await assertPromisesKept(dir.path, promised);
      });
    },
  );
}

test(
  'while every sync fails nothing is acknowledged, and what was before stays',
  { skip: straceProblem },
  async () => {
    await using dir = await temporaryDirectory();
    const output = await runWithFault(
      dir.path,
      'fdatasync,fsync,pwritev,pwrite64:error=EIO:when=20+',
    );
    const promised = readPromises(output);
    assert.ok(promised.stored.size > 0 && promised.refused.size > 0, output);
    assert.ok(output.lastIndexOf('\nm') < output.lastIndexOf('\nrefused'));
    // With every sync failing the note about void records cannot be made durable either, so a refused message may come back after this.
    // Its client tries again and is recognised: doubled at worst, never lost.
    await assertPromisesKept(dir.path, { ...promised, refused: new Map() });
  },
);

test(
  'a disk that really runs full refuses new mail, keeps and finishes what is held, and accepts again when there is room',
  { skip: await powerCutProblem() },
  async () => {
    await using disk = await smallDisk({ sizeMiB: 12 });
    const options = {
      ...testSpoolOptions(join(disk.mountPoint, 'spool')),
      segmentMaxBytes: 64 * 1024 * 1024,
      freeFloorBytes: -1e12,
    };
    const stored: string[] = [];
    {
      await using spool = await openSpool(options);
      const bytes = Buffer.alloc(50_000, 'x');
      for (;;) {
        const result = await commit(spool, facts(), bytes).catch((error: unknown) => error);
        if (result instanceof Error) {
          assert.equal((result as { code?: string }).code, 'SPOOL_NOT_DURABLE');
          break;
        }
        if ((result as { kind: string }).kind === 'stored')
          stored.push((result as { message: { id: string } }).message.id);
      }
      assert.ok(stored.length > 50, `${stored.length} messages fit`);
      await spool.finish(stored[0] ?? '', [delivered('ana@example.test')]);
    }
    {
      await using spool = await openSpool(options);
      await spool.loaded;
      assert.deepEqual(
        [...spool.list()].map(({ id }) => id),
        stored.slice(1),
      );
      for (const id of stored.slice(1)) await spool.finish(id, [delivered('ana@example.test')]);
    }
    await using spool = await openSpool(options);
    await spool.loaded;
    assert.equal(spool.stats().messages, 0);
  },
);

test('a large message whose file cannot be written is refused, and small ones are not', async () => {
  await using dir = await temporaryDirectory();
  await using spool = await openSpool(testSpoolOptions(dir.path));
  await rm(join(dir.path, 'large'), { recursive: true });
  const writer = spool.begin({});
  await assert.rejects(
    async () => {
      await writer.write(Buffer.alloc(200_000));
      await writer.commit(facts());
    },
    { code: 'SPOOL_NOT_DURABLE' },
  );
  await store(spool);
});

/** Two at a time: most of it is waiting for a process to start. */
async function each(from: number, to: number, work: (nth: number) => Promise<void>): Promise<void> {
  let next = from;
  const line = async (): Promise<void> => {
    while (next <= to) await work(next++);
  };
  await Promise.all([line(), line()]);
}

/** One worker thread, because strace counts calls per thread. */
async function runWithFault(dir: string, fault: string): Promise<string> {
  const calls = fault.slice(0, fault.indexOf(':'));
  await using log = await temporaryDirectory();
  const trace = join(log.path, 'trace');
  const strace = [
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-o',
    trace,
    '-e',
    `trace=${calls}`,
    '-e',
    `inject=${fault}`,
  ];
  const command = [process.execPath, '--conditions=source', child, dir, '3', '60'];
  const { stdout } = await run('strace', [...strace, ...command], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  assert.match(stdout, /^closed$/m);
  assert.match(await readFile(trace, 'utf8'), /INJECTED/, `${fault} hit nothing`);
  return stdout;
}
