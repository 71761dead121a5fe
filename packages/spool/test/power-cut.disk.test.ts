// The power fails right after an acknowledgement: the message is there when it comes back (law 2).
import assert from 'node:assert/strict';
import { hash, randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { powerCut, powerCutProblem } from '../../../test/kit/power-cut.ts';
import { openSpool } from '../src/index.ts';
import { testSpoolOptions } from '../src/testing.ts';
import { bodyOf, delivered, facts, store, temporaryDirectory } from './test-mail.ts';

const cuts = Number(process.env['RESTANTE_CUTS'] ?? 10);
const skip = await powerCutProblem();

test(
  `${cuts} power cuts right after an acknowledgement: 0 messages lost, 0 settled recipients back`,
  { skip },
  async () => {
    await using disk = await powerCut({ sizeMiB: 32 });
    const options = {
      ...testSpoolOptions(join(disk.mountPoint, 'spool')),
      segmentMaxBytes: 128 * 1024,
      smallMessageMaxBytes: 16 * 1024,
    };
    await using spool = await openSpool(options);
    const stored = new Map<string, string>();
    const finished = new Set<string>();
    for (let nth = 0; nth < cuts; nth += 1) {
      // By turns the last thing before the cut is a small message, a large one, a burst, a finished one, and the first one in a new segment.
      const bytes = randomBytes([3000, 30_000, 500, 100, 15_000][nth % 5] ?? 0);
      const burst = await Promise.all(
        Array.from(
          { length: nth % 5 === 2 ? 20 : 1 },
          async () => await store(spool, facts(), bytes),
        ),
      );
      for (const { id } of burst) stored.set(id, hash('sha256', bytes, 'base64url'));
      if (nth % 5 === 3) {
        const [id = ''] = stored.keys();
        await spool.finish(id, [delivered('ana@example.test')]);
        stored.delete(id);
        finished.add(id);
      }
      await using after = await disk.cut();
      await assertAllThere(join(after.mountPoint, 'spool'), stored, finished);
    }
  },
);

test('a message that somebody deleted is not delivered after a power cut', { skip }, async () => {
  await using disk = await powerCut({ sizeMiB: 32 });
  const dir = join(disk.mountPoint, 'spool');
  await using spool = await openSpool(testSpoolOptions(dir));
  const [deleted, kept] = [await store(spool), await store(spool)];
  await spool.release(deleted.id);
  await using after = await disk.cut();
  await using reopened = await openSpool(testSpoolOptions(join(after.mountPoint, 'spool')));
  await reopened.loaded;
  assert.deepEqual(
    [...reopened.list()].map(({ id }) => id),
    [kept.id],
  );
});

test(
  'control: the same harness does notice a message that was only written',
  { skip },
  async () => {
    await using disk = await powerCut({ sizeMiB: 32 });
    await using ready = await temporaryDirectory();
    let id: string;
    {
      await using spool = await openSpool(testSpoolOptions(ready.path));
      ({ id } = await store(spool));
    }
    await cp(ready.path, join(disk.mountPoint, 'spool'), { recursive: true });
    await using after = await disk.cut();
    await using spool = await openSpool(testSpoolOptions(join(after.mountPoint, 'spool')));
    await spool.loaded;
    assert.equal(spool.has(id), false);
  },
);

async function assertAllThere(
  dir: string,
  stored: ReadonlyMap<string, string>,
  finished: ReadonlySet<string>,
): Promise<void> {
  await using spool = await openSpool(testSpoolOptions(dir));
  await spool.loaded;
  for (const [id, sha256] of stored) {
    assert.ok(spool.has(id), `${id} was acknowledged and is lost`);
    assert.equal(hash('sha256', await bodyOf(spool, id), 'base64url'), sha256);
  }
  for (const id of finished) assert.equal(spool.has(id), false, `${id} was finished and is back`);
}
