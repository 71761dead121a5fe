// Every message once: law 6 for ids, RFC 1047 for replies that were lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { openSpool } from '../src/index.ts';
import type { MessageFacts } from '../src/index.ts';
import { openTemporarySpool, testSpoolOptions } from '../src/testing.ts';
import { commit, delivered, facts, store, temporaryDirectory, until } from './test-mail.ts';

const dayMs = 86_400_000;

test('a hop that brings the same id again is told so and nothing is stored (law 6)', async () => {
  await using temporary = await openTemporarySpool();
  const hop = facts({ path: ['us'] });
  await store(temporary.spool, hop);
  assert.deepEqual(await commit(temporary.spool, hop), {
    kind: 'duplicate',
    of: hop.messageId,
    why: 'same-id',
  });
  assert.equal(temporary.spool.stats().messages, 1);
});

test('the same id for other recipients is a second entry with only those', async () => {
  await using temporary = await openTemporarySpool();
  const hop = facts({ path: ['us'], to: ['ana@example.test'] });
  await store(temporary.spool, hop);
  const second = await store(temporary.spool, {
    ...hop,
    ...facts({ to: ['ana@example.test', 'eva@example.test'] }),
    messageId: hop.messageId,
    path: ['us'],
  });
  assert.equal(second.id, `${hop.messageId}-2`);
  assert.deepEqual(second.pending, ['eva@example.test']);
});

test('the same id on two connections at the same moment is stored once', async () => {
  await using temporary = await openTemporarySpool();
  const hop = facts({ path: ['us'] });
  const results = await Promise.all(
    Array.from({ length: 8 }, async () => await commit(temporary.spool, hop)),
  );
  assert.equal(results.filter(({ kind }) => kind === 'stored').length, 1);
});

test('a released id is still known after a restart', async () => {
  await using dir = await temporaryDirectory();
  const hop = facts({ path: ['us'] });
  {
    await using spool = await openSpool(testSpoolOptions(dir.path));
    await store(spool, hop);
    await spool.finish(hop.messageId, [delivered('ana@example.test')]);
  }
  await using spool = await openSpool(testSpoolOptions(dir.path));
  assert.equal((await commit(spool, hop)).kind, 'duplicate');
});

test('two identical messages whose replies were both seen are two messages', async () => {
  await using temporary = await openTemporarySpool();
  const first = facts();
  temporary.spool.confirmReply((await store(temporary.spool, first)).id);
  await store(temporary.spool, facts({ fingerprint: first.fingerprint }));
});

test('two identical messages at the same time on two connections are two messages', async () => {
  await using temporary = await openTemporarySpool();
  const first = facts();
  await Promise.all([
    store(temporary.spool, first),
    store(temporary.spool, facts({ fingerprint: first.fingerprint })),
  ]);
  assert.equal(temporary.spool.stats().messages, 2);
});

test('the retry after a session that ended without seeing our 250 is the same message (RFC 1047)', async () => {
  await using temporary = await openTemporarySpool();
  const { id, fingerprint } = await store(temporary.spool);
  assert.equal(temporary.spool.isReplyUnconfirmed(id), true);
  temporary.spool.abandonReply(id);
  assert.deepEqual(await commit(temporary.spool, facts({ fingerprint })), {
    kind: 'duplicate',
    of: id,
    why: 'lost-reply',
  });
});

test('a reply nobody confirmed within two seconds counts as lost', async () => {
  let nowMs = 0;
  await using temporary = await openTemporarySpool({
    clock: { ...systemClock, monotonicMs: () => nowMs },
  });
  const { id, fingerprint } = await store(temporary.spool);
  nowMs = 2500;
  assert.equal((await commit(temporary.spool, facts({ fingerprint }))).kind, 'duplicate');
  temporary.spool.confirmReply(id);
  assert.equal((await commit(temporary.spool, facts({ fingerprint }))).kind, 'stored');
});

test('other sender, other recipient or other bytes are never a retry', async () => {
  await using temporary = await openTemporarySpool();
  const { id, fingerprint } = await store(temporary.spool);
  temporary.spool.abandonReply(id);
  await store(temporary.spool, facts({ fingerprint, to: ['eva@example.test'] }));
  await store(temporary.spool, facts());
  const other = facts({ fingerprint });
  await store(temporary.spool, {
    ...other,
    envelope: { ...other.envelope, sender: 'x@sender.test' },
  });
});

test('the same alarm of a device, without a Message-ID, is a message every time, however its sessions end (RFC 5322 §3.6.4)', async () => {
  await using dir = await temporaryDirectory();
  const alarm = facts({ isIdentifiable: false });
  const again = (): MessageFacts =>
    facts({ isIdentifiable: false, fingerprint: alarm.fingerprint });
  {
    await using spool = await openSpool(testSpoolOptions(dir.path));
    spool.abandonReply((await store(spool, alarm)).id);
    spool.abandonReply((await store(spool, again())).id);
    const seen = await store(spool, again());
    spool.confirmReply(seen.id);
    assert.equal(spool.isReplyUnconfirmed(seen.id), false);
  }
  await using spool = await openSpool(testSpoolOptions(dir.path));
  await store(spool, again());
  await spool.loaded;
  await store(spool, again());
  const hop = { ...again(), path: ['us'], replyUnconfirmed: true };
  await store(spool, hop);
  assert.equal((await commit(spool, hop)).kind, 'duplicate', 'its id is still its own (law 6)');
});

test('the same letter a day after a reply was lost is a new letter, whether the first is still held, finished or long gone', async () => {
  await using dir = await temporaryDirectory();
  let nowMs = Date.now();
  const options = {
    ...testSpoolOptions(dir.path),
    rememberMs: 7 * dayMs,
    retryWindowMs: dayMs,
    segmentMaxBytes: 64 * 1024,
    quietMs: 0,
    clock: { ...systemClock, now: () => nowMs },
  };
  const [held, finished] = [facts(), facts()];
  const again = (letter: MessageFacts): MessageFacts => facts({ fingerprint: letter.fingerprint });
  {
    await using spool = await openSpool(options);
    await spool.loaded;
    const beside = await store(spool, facts(), Buffer.alloc(60_000)); // Together they fill a segment.
    spool.abandonReply((await store(spool, finished, Buffer.alloc(60_000))).id);
    spool.abandonReply((await store(spool, held, Buffer.alloc(60_000))).id);
    spool.confirmReply(beside.id);
    for (const id of [beside.id, finished.messageId])
      await spool.finish(id, [delivered('ana@example.test')]);
    await until(() => spool.stats().segments === 1, 'the segment of the finished one is gone');
    nowMs += dayMs - 3_600_000;
    for (const letter of [held, finished])
      assert.equal((await commit(spool, again(letter))).kind, 'duplicate', 'within the window');
  }
  nowMs += 7_200_000;
  for (let start = 0; start < 2; start += 1) {
    await using spool = await openSpool(options);
    if (start === 1) await spool.loaded;
    for (const letter of [held, finished]) {
      const hop = { ...again(letter), path: ['us'], replyUnconfirmed: true };
      assert.equal((await commit(spool, start === 0 ? again(letter) : hop)).kind, 'stored');
    }
    nowMs += 2 * dayMs;
  }
});

test('a retry is told the id of the message that is here, or none, never the id that was made for itself', async () => {
  await using dir = await temporaryDirectory();
  const first = facts();
  const again = (): MessageFacts => facts({ fingerprint: first.fingerprint });
  {
    await using spool = await openSpool(testSpoolOptions(dir.path));
    spool.abandonReply((await store(spool, first)).id);
    assert.deepEqual(await commit(spool, again()), {
      kind: 'duplicate',
      of: first.messageId,
      why: 'lost-reply',
    });
    await spool.finish(first.messageId, [delivered('ana@example.test')]);
    assert.deepEqual(await commit(spool, again()), { kind: 'duplicate', why: 'lost-reply' });
  }
  await using spool = await openSpool(testSpoolOptions(dir.path));
  assert.deepEqual(await commit(spool, again()), { kind: 'duplicate', why: 'lost-reply' });
});

test('a message that hopped here with its reply in doubt covers the direct retry, and the other way round (RFC 1047)', async () => {
  await using temporary = await openTemporarySpool();
  const hop = facts({ path: ['us'], replyUnconfirmed: true });
  await store(temporary.spool, hop);
  assert.equal(
    (await commit(temporary.spool, facts({ fingerprint: hop.fingerprint }))).kind,
    'duplicate',
  );

  const direct = facts();
  temporary.spool.confirmReply((await store(temporary.spool, direct)).id);
  const late = facts({ path: ['us'], replyUnconfirmed: true, fingerprint: direct.fingerprint });
  assert.equal((await commit(temporary.spool, late)).kind, 'duplicate');
  const sure = facts({ path: ['us'], replyUnconfirmed: false, fingerprint: direct.fingerprint });
  assert.equal((await commit(temporary.spool, sure)).kind, 'stored');
});

test('after a restart only confirmed replies count as seen, and a stranger need not wait for the reading of old segments', async () => {
  await using dir = await temporaryDirectory();
  const [seen, unseen] = [facts(), facts()];
  {
    await using spool = await openSpool(testSpoolOptions(dir.path));
    spool.confirmReply((await store(spool, seen)).id);
    await store(spool, unseen);
  }
  await using spool = await openSpool(testSpoolOptions(dir.path));
  assert.equal((await commit(spool, facts({ fingerprint: unseen.fingerprint }))).kind, 'duplicate');
  assert.equal((await commit(spool, facts({ fingerprint: seen.fingerprint }))).kind, 'stored');
  await spool.loaded;
  assert.equal(spool.isReplyUnconfirmed(unseen.messageId), true);
  assert.equal(spool.isReplyUnconfirmed(seen.messageId), false);
});

test('ids and retries are recognised after their segment is gone (ledger), also after another restart', async () => {
  await using dir = await temporaryDirectory();
  const options = { ...testSpoolOptions(dir.path), segmentMaxBytes: 64 * 1024, quietMs: 0 };
  const hop = facts({ path: ['us'] });
  const unseen = facts();
  {
    await using spool = await openSpool(options);
    await spool.loaded;
    await store(spool, hop);
    spool.abandonReply((await store(spool, unseen)).id);
    for (let nth = 0; nth < 4; nth += 1)
      await store(spool, facts(), Buffer.alloc(50_000)).then(({ id }) => spool.abandonReply(id));
    for (const { id } of spool.list()) await spool.finish(id, [delivered('ana@example.test')]);
    await until(() => spool.stats().segments <= 1, 'old segments are reclaimed');
    assert.equal((await commit(spool, hop)).kind, 'duplicate');
  }
  await using spool = await openSpool(options);
  assert.equal((await commit(spool, hop)).kind, 'duplicate');
  await spool.loaded;
  assert.equal((await commit(spool, facts({ fingerprint: unseen.fingerprint }))).kind, 'duplicate');
});
