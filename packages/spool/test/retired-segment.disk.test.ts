// A descriptor's number is given to the next file that is opened: whoever comes too late must neither read nor close that one.
import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { CarefulReader } from '../src/disk/careful-reader.ts';
import { EntryChanges } from '../src/disk/entry-changes.ts';
import { Segment, SegmentGone } from '../src/disk/segment.ts';
import { openSpool } from '../src/index.ts';
import { readWholeSpool } from '../src/offline/read-only-spool.ts';
import { testSpoolOptions } from '../src/testing.ts';
import { deferred, store, temporaryDirectory } from './test-mail.ts';

test('a reading that begins after its file was retired is refused, and the file that got its descriptor is neither read nor closed', async () => {
  await using dir = await temporaryDirectory();
  const segment = await segmentOf(join(dir.path, 'old'));
  const begun = segment.read(0, 3);
  segment.retire();
  assert.equal((await begun).toString(), 'old', 'who began before still reads');
  const path = join(dir.path, 'other');
  await writeFile(path, 'other');
  const other = openSync(path, 'r');
  try {
    assert.equal(other, segment.fd);
    await assert.rejects(segment.read(0, 3), SegmentGone);
    segment.retire();
    assert.equal(fstatSync(other).size, 'other'.length);
  } finally {
    closeSync(other);
  }
});

for (const how of ['read', 'readWithBody'] as const) {
  test(`a message whose outcomes move to another file in the middle of ${how}() is read with its outcomes`, async () => {
    await using dir = await temporaryDirectory();
    const id = await deferredInTheNextSegment(dir.path);
    using spool = await readWholeSpool(dir.path);
    const entry = spool.catalog.get(id);
    assert.ok(entry?.outcomes && entry.outcomes.segment !== entry.segment);
    const reading = spool.reader[how](entry);
    entry.outcomes.segment.retire();
    const read = await reading;
    const { outcomes } = 'message' in read ? read.message : read;
    assert.equal(outcomes.get('ana@example.test')?.attempts, 1);
  });
}

test('a message that moved while its reader was on the way is found where it is now, and one that left is not found', async () => {
  await using dir = await temporaryDirectory();
  const id = await deferredInTheNextSegment(dir.path);
  using spool = await readWholeSpool(dir.path);
  const { catalog, reader } = spool;
  const shared = { ...testSpoolOptions(dir.path), catalog, reader };
  const careful = new CarefulReader({ ...shared, changes: new EntryChanges(shared) });
  const entry = catalog.get(id);
  assert.ok(entry);
  const now = { segment: entry.segment, offset: entry.offset, headBytes: entry.headBytes };
  const gone = await segmentOf(join(dir.path, 'gone'));
  gone.retire();

  catalog.move(entry, { ...now, segment: gone });
  const moving = careful.read(id);
  catalog.move(entry, now);
  assert.equal((await moving)?.id, id);

  catalog.move(entry, { ...now, segment: gone });
  const leaving = careful.readWithBody(id);
  catalog.remove(entry);
  assert.equal(await leaving, undefined);
});

async function segmentOf(path: string): Promise<Segment> {
  await writeFile(path, 'old');
  const fd = openSync(path, 'r');
  return new Segment(path, { number: 9, marker: Buffer.alloc(8), fd, sizeBytes: 3 });
}

/** One message in the first segment, its deferral in the second. */
async function deferredInTheNextSegment(dir: string): Promise<string> {
  let id: string;
  {
    await using spool = await openSpool(testSpoolOptions(dir));
    ({ id } = await store(spool));
  }
  await using spool = await openSpool(testSpoolOptions(dir));
  await spool.loaded;
  await spool.settle(id, [deferred('ana@example.test')]);
  return id;
}
