// A restart with a backlog: accepting again at once, everything still there, and little memory for each message held.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openSpool } from '../src/index.ts';
import { testSpoolOptions } from '../src/testing.ts';
import { facts, store, temporaryDirectory } from './test-mail.ts';

const held = Number(process.env['RESTANTE_BACKLOG'] ?? 20_000);

interface Measured {
  readonly openMs: number;
  readonly firstCommitMs: number;
  readonly loadedMs: number;
  readonly messages: number;
  readonly bytesPerMessage: number;
  readonly rssMiB: number;
}

test(`with ${held} messages held a start accepts within 300 ms, lists all within seconds, and holds each in 350 bytes`, async () => {
  await using dir = await temporaryDirectory();
  const options = { ...testSpoolOptions(dir.path), segmentMaxBytes: 64 * 1024 * 1024 };
  {
    await using spool = await openSpool(options);
    const body = Buffer.alloc(4096, 'x');
    for (let stored = 0; stored < held; stored += 500) {
      await Promise.all(
        Array.from({ length: 500 }, async () =>
          spool.confirmReply((await store(spool, facts(), body)).id),
        ),
      );
    }
  }
  const child = join(import.meta.dirname, 'opening-child.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    '--conditions=source',
    child,
    dir.path,
  ]);
  const measured = JSON.parse(stdout) as Measured;
  assert.equal(measured.messages, held + 1);
  // Bounds are for a busy machine; the printed figures are what to look at.
  assert.ok(measured.openMs < 1000 && measured.firstCommitMs < 1000, stdout);
  assert.ok(measured.loadedMs < Math.max(4000, held / 10), stdout);
  assert.ok(measured.bytesPerMessage < 350 + (4 * 1024 * 1024) / held, stdout); // The rest is there without a backlog too.
  assert.ok(measured.rssMiB < 200, stdout);
  process.stdout.write(`# ${stdout}`);
});
