// The index is a cache: without it everything is as before, only slower; with it a large folder opens without touching its files.
import assert from 'node:assert/strict';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../../test/kit/until.ts';
import type { Folder, FolderChange, Message } from '../src/index.ts';
import { fill, flagsOf, makeMailbox, mailboxOf, openFolder } from './mailbox-for-tests.ts';
import { messageTo, openStore } from './store-for-tests.ts';

const indexOf = (dir: string) => join(dir, '..', 'index.sqlite');

async function removeIndex(dir: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(indexOf(dir) + suffix, { force: true });
}

function lasting(folder: Folder): readonly object[] {
  return folder.messages.map(({ uid, flags, sizeBytes, receivedAtMs, emailId }: Message) => ({
    uid,
    flags,
    sizeBytes,
    receivedAtMs,
    emailId,
  }));
}

for (const { what, harm } of [
  { what: 'deleted', harm: removeIndex },
  { what: 'of zeros', harm: async (dir: string) => writeFile(indexOf(dir), Buffer.alloc(40_000)) },
  {
    what: 'cut in the middle',
    harm: async (dir: string) => {
      const bytes = await readFile(indexOf(dir));
      await rm(`${indexOf(dir)}-wal`, { force: true });
      await writeFile(indexOf(dir), bytes.subarray(0, bytes.length / 2));
    },
  },
]) {
  test(`an index that is ${what} costs time and no answer; modseqs go on above the old ones (RFC 7162 §3.1.2)`, async () => {
    await using made = await makeMailbox();
    const folder = await openFolder(made.mailbox);
    await fill(folder, ['a', 'b', 'c'], ['Work']);
    await folder.setFlags([2], { how: 'add', flags: [String.raw`\Seen`] });
    await folder.expunge({ uids: [1], evenUnflagged: true });
    const before = lasting(folder);
    const { uidValidity, uidNext, mailboxId, highestModseq } = folder;
    await folder[Symbol.asyncDispose]();
    await made.made.store[Symbol.asyncDispose]();
    await harm(made.dir);
    await using store = openStore(made.made.dir);
    await using again = await openFolder(await mailboxOf(store));
    assert.deepEqual(lasting(again), before);
    assert.deepEqual(
      [again.uidValidity, again.uidNext, again.mailboxId],
      [uidValidity, uidNext, mailboxId],
    );
    assert.ok(again.highestModseq > highestModseq);
    assert.equal(again.vanishedSince(highestModseq - 1), undefined);
    const { changed } = await again.setFlags([3], { how: 'add', flags: [String.raw`\Seen`] });
    assert.ok((changed[0]?.modseq ?? 0) > highestModseq);
  });
}

test('an index deleted while the folder is open: nobody sees anything vanish', async () => {
  await using made = await makeMailbox();
  await using folder = await openFolder(made.mailbox);
  await fill(folder, ['a', 'b']);
  const heard: FolderChange[] = [];
  folder.onChange((change) => heard.push(change));
  await removeIndex(made.dir);
  await folder.refresh();
  await folder.setFlags([1], { how: 'add', flags: [String.raw`\Seen`] });
  await fill(folder, ['c']);
  await folder.refresh();
  assert.deepEqual(
    heard.flatMap(({ vanished }) => vanished),
    [],
  );
  assert.equal(folder.messages.length, 3);
  await using again = await openFolder(await mailboxOf(await made.made.reopen()));
  assert.deepEqual(flagsOf(again), { 1: [String.raw`\Seen`], 2: [], 3: [] });
});

test('modseqs, vanished UIDs and save dates are there again after a restart', async () => {
  await using made = await makeMailbox();
  const folder = await openFolder(made.mailbox);
  await fill(folder, ['a', 'b', 'c']);
  const modseq = folder.highestModseq;
  await folder.expunge({ uids: [2], evenUnflagged: true });
  const before = folder.messages.map(({ uid, modseq: own, savedAtMs }) => [uid, own, savedAtMs]);
  const { highestModseq } = folder;
  await using again = await openFolder(await mailboxOf(await made.made.reopen()));
  assert.deepEqual(
    again.messages.map(({ uid, modseq: own, savedAtMs }) => [uid, own, savedAtMs]),
    before,
  );
  assert.equal(again.highestModseq, highestModseq);
  assert.deepEqual(again.vanishedSince(modseq), [2]);
});

test('two processes on one mailbox tell the same UIDs and the same modseqs', async () => {
  await using made = await makeMailbox();
  await using other = openStore(made.made.dir);
  await using one = await openFolder(made.mailbox);
  await using two = await openFolder(await mailboxOf(other));
  const heard: FolderChange[] = [];
  two.onChange((change) => heard.push(change));
  await fill(one, ['a', 'b', 'c']);
  await until(() => two.messages.length === 3, { what: 'the appended to appear to the other' });
  await Promise.all([
    one.setFlags([1], { how: 'add', flags: ['One'] }),
    two.setFlags([2], { how: 'add', flags: ['Two'] }),
    one.expunge({ uids: [3], evenUnflagged: true }),
    other.append(messageTo('ana', 'x1')),
    made.made.store.append(messageTo('ana', 'x2')),
  ]);
  await one.refresh();
  await two.refresh();
  await one.refresh();
  const told = (folder: Folder) =>
    folder.messages.map(({ uid, modseq, flags }) => ({ uid, modseq, flags }));
  assert.deepEqual(told(one), told(two));
  assert.deepEqual(
    told(one).map(({ uid }) => uid),
    [1, 2, 4, 5],
  );
  assert.equal(one.highestModseq, two.highestModseq);
  const modseqs = heard.map(({ highestModseq }) => highestModseq);
  assert.deepEqual(
    modseqs,
    modseqs.toSorted((a, b) => a - b),
  );
});

test('a large inbox opens warm in a fraction of the time of listing it', async () => {
  const count = 30_000;
  await using made = await makeMailbox();
  makeLarge(made.dir, count);
  const cold = await timed(async () => openFolder(made.mailbox));
  assert.equal(cold.value.messages.length, count);
  // The directories' times must lie back a moment before they are trusted.
  const settled = async () => {
    await cold.value.refresh();
    const store = await made.made.reopen();
    return timed(async () => openFolder(await mailboxOf(store)));
  };
  const listing = await timed(async () => readdir(join(made.dir, 'cur')));
  const warm = await settled();
  assert.equal(warm.value.messages.length, count);
  assert.equal(warm.value.message(count)?.flags.length, 1);
  // Reading rows costs about what listing names does; a stat of every file is many times that.
  const bound = Math.max(listing.ms * 8, 400);
  assert.ok(
    warm.ms < bound,
    `warm ${warm.ms} ms, one listing ${listing.ms} ms, cold ${cold.ms} ms`,
  );
});

async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly ms: number }> {
  const start = performance.now();
  const value = await work();
  return { value, ms: performance.now() - start };
}

/** Messages as hard links of a few files, and the UID list to go with them. */
function makeLarge(dir: string, count: number): void {
  const sources = Array.from({ length: Math.ceil(count / 30_000) }, (_, index) => {
    const path = join(dir, 'tmp', `source${index}`);
    writeFileSync(path, `Subject: large\r\n\r\n${'x'.repeat(64)}\r\n`);
    return path;
  });
  let list = `3 V1700000000 N${count + 1} G0123456789abcdef0123456789abcdef\n`;
  mkdirSync(join(dir, 'cur'), { recursive: true });
  for (let uid = 1; uid <= count; uid += 1) {
    const name = `1700000000.large${uid}.mx.example.test,S=84,W=84`;
    linkSync(sources[uid % sources.length] ?? '', join(dir, 'cur', `${name}:2,S`));
    list += `${uid} :${name}\n`;
  }
  writeFileSync(join(dir, 'dovecot-uidlist'), list);
}
