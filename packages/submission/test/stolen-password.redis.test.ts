// A stolen password, a newsletter and a holiday, at a real edge with a real Redis: who is stopped, how soon, and who is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { startRedis } from '../../../test/kit/redis.ts';
import { until } from '../../../test/kit/until.ts';
import { holdReason } from '../src/index.ts';
import { Sender } from './sender.ts';
import { startWatchedSite, type WatchedSite } from './watched-site.ts';

const ana = 'ana@here.test';
const news = 'news@here.test';
/** What the README promises with default points. */
const messagesUntilStopped = 80;

const people = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}${index}@far.test`);

/** Weeks of what is usual: ana writes to three friends from home, the newsletter has its five hundred readers. */
async function learnWeeks(place: WatchedSite): Promise<void> {
  for (let daysAgo = 30; daysAgo > 0; daysAgo -= 1) {
    place.goTo(daysAgo);
    const home = { clientAddress: '127.0.0.1', helo: 'laptop', program: 'Thunderbird 128.1' };
    place.watch.note({ id: `a${daysAgo}`, account: ana, recipients: people('friend', 3), ...home });
    for (let part = 0; part < 5 && daysAgo % 7 === 0; part += 1) {
      const recipients = people('reader', 500).slice(part * 100, part * 100 + 100);
      place.watch.note({ id: `n${daysAgo}${part}`, account: news, recipients, ...home });
    }
    await place.watch.settled();
  }
  place.goTo(0);
}

async function connectTo(url: string): Promise<{ readonly redis: Redis } & Disposable> {
  const redis = new Redis(url, { enableOfflineQueue: false, lazyConnect: true });
  redis.on('error', () => undefined);
  await redis.connect();
  return { redis, [Symbol.dispose]: () => redis.disconnect() };
}

test('a stolen password sending to 500 strangers from three networks is stopped within 80 messages', async () => {
  await using server = await startRedis();
  using connection = await connectTo(server.url);
  const { redis } = connection;
  await using place = await startWatchedSite({ people: [ana, news], redis });
  await learnWeeks(place);
  const port = place.site.ports.submissions;
  await using stack = new AsyncDisposableStack();
  const thieves = await Promise.all(
    ['127.51.0.1', '127.52.0.1', '127.53.0.1'].map(async (localAddress) =>
      stack.use(await Sender.open({ port, account: ana, localAddress, helo: 'WIN-EXPLOIT' })),
    ),
  );
  let sent = 0;
  let refusal = '';
  for (const victim of people('victim', 500)) {
    const answer = await thieves[sent % 3]?.send({ to: [victim] });
    if (answer?.startsWith('250') !== true) {
      refusal = answer ?? '';
      break;
    }
    sent += 1;
  }
  assert.ok(sent <= messagesUntilStopped, `${sent} messages went out`);
  assert.match(refusal, /^550 5\.7\.13 ana@here\.test may not send since /);
  assert.doesNotMatch(refusal, /points|network/, 'a thief learns nothing about the watch');
  for (const thief of thieves)
    assert.match(await thief.send({ to: ['x@far.test'] }), /^550 5\.7\.13 /);

  const stop = place.book.sending.stopOf(ana);
  assert.deepEqual([stop?.scope, stop?.by], ['sending', 'watch']);
  assert.match(
    stop?.reason ?? '',
    /3 network\(s\) within a day .*recipients it never wrote to before/,
  );
  assert.equal(place.book.account(ana)?.state, 'active', 'mail for it still arrives');
  await until(
    async () =>
      (await place.site.messages()).every(({ message }) => message.held === holdReason(ana)),
    { what: 'all of it is held' },
  );
  await until(() => place.notices.some(({ kind }) => kind === 'account.suspended'), {
    what: 'the operator is told',
  });
  assert.deepEqual(
    place.watch
      .abusePlaces(ana)
      .map(({ subject }) => subject)
      .toSorted(),
    ['127.51.0.1/32', '127.52.0.1/32', '127.53.0.1/32'],
  );

  // The owner has a new password; what happened is behind him.
  const { releasedMessages } = await place.suspensions.resume(ana);
  assert.equal(releasedMessages, sent);
  await using owner = await Sender.open({ port, account: ana });
  assert.match(
    await owner.send({ to: people('friend', 3), program: 'Thunderbird 128.1' }),
    /^250 /,
  );
  await place.watch.settled();
  assert.equal(place.book.sending.stopOf(ana), undefined);
  assert.deepEqual(place.troubles, []);
});

test('a newsletter to 500 readers who had the last one is nothing unusual, from a telephone neither', async () => {
  await using server = await startRedis();
  using connection = await connectTo(server.url);
  const { redis } = connection;
  await using place = await startWatchedSite({ people: [ana, news], redis });
  await learnWeeks(place);
  const port = place.site.ports.submissions;
  const readers = people('reader', 500);
  for (const localAddress of ['127.0.0.1', '127.61.0.1']) {
    await using sender = await Sender.open({ port, account: news, localAddress });
    for (let at = 0; at < 500; at += 100)
      assert.match(await sender.send({ to: readers.slice(at, at + 100) }), /^250 /);
  }
  await place.watch.settled();
  const { points } = await place.watch.explain(news);
  assert.ok(points < 60, `${points} points`);
  assert.deepEqual([...place.book.sending.stops()], []);
});

test('wedding invitations to 140 strangers from home: the operator hears of it, nobody is stopped', async () => {
  await using place = await startWatchedSite({ people: [ana] });
  await learnWeeks(place);
  await using owner = await Sender.open({ port: place.site.ports.submissions, account: ana });
  const guests = people('guest', 140);
  for (const to of [guests.slice(0, 70), guests.slice(70)])
    assert.match(await owner.send({ to, program: 'Thunderbird 128.1' }), /^250 /);
  await until(() => place.notices.length > 0, { what: 'the operator is told' });
  assert.equal(place.notices[0]?.['kind'], 'account.suspicious');
  assert.equal(place.book.sending.stopOf(ana), undefined);
});

test('a suspension by hand ends an open session at its next step, at every door; reading goes on', async () => {
  await using place = await startWatchedSite({ people: [ana] });
  await using owner = await Sender.open({ port: place.site.ports.submissions, account: ana });
  assert.match(await owner.send({ to: ['b@far.test'] }), /^250 /);
  await owner.say(`MAIL FROM:<${ana}>`);
  await owner.say('RCPT TO:<c@far.test>');
  const wanted = { scope: 'sending', reason: 'he asked', isConfirmedSpammer: true } as const;
  const { heldMessages, toBlock } = await place.suspensions.suspend(ana, wanted);
  assert.equal(heldMessages, 1);
  assert.deepEqual(
    toBlock.map(({ subject }) => subject),
    ['127.0.0.1/32'],
  );
  assert.match(await owner.say('DATA'), /^550 5\.7\.13 /);
  await owner.say('RSET');
  assert.match(await owner.say(`MAIL FROM:<${ana}>`), /^550 5\.7\.13 /);
  assert.match(await owner.say('MAIL FROM:<>'), /^550 5\.7\.13 /);
  assert.deepEqual(
    place.suspensions.stopped().map(({ account }) => account),
    [ana],
  );
});

test('another site holds what it has of a suspended account, and lets it go with its home, restarts or not', async () => {
  await using place = await startWatchedSite({ people: [ana, news] });
  const port = place.site.ports.submissions;
  for (const account of [ana, news]) {
    await using sender = await Sender.open({ port, account });
    await sender.send({ to: ['b@far.test'] });
  }
  const heldOf = async () =>
    (await place.site.messages()).flatMap(({ message }) =>
      message.held === undefined ? [] : [message.origin.account],
    );
  const stopped = [{ account: ana, sinceMs: 1, isConfirmedSpammer: false }];
  await place.suspensions.follow('us', stopped);
  assert.deepEqual(await heldOf(), [], 'it speaks of its own people only');
  await place.suspensions.follow('here', stopped);
  assert.deepEqual(await heldOf(), [ana]);
  const [held] = await place.site.messages();
  await place.site.spool.hold(held?.message.id ?? '', 'a person wants it');
  await place.suspensions.follow('here', []);
  assert.deepEqual(await heldOf(), [ana], 'what a person holds stays held');
  await place.site.spool.hold(held?.message.id ?? '', holdReason(ana));
  await place.restarted().follow('here', []);
  assert.deepEqual(await heldOf(), []);
});

test('without Redis the watch goes by what this process saw, and nobody waits for it (law 3)', async () => {
  await using server = await startRedis();
  using connection = await connectTo(server.url);
  const { redis } = connection;
  await using place = await startWatchedSite({ people: [ana], redis });
  await learnWeeks(place);
  server.freeze();
  await using thief = await Sender.open({
    port: place.site.ports.submissions,
    account: ana,
    localAddress: '127.71.0.1',
    helo: 'WIN-EXPLOIT',
  });
  const startedMs = performance.now();
  for (let at = 0; at < 5; at += 1) {
    const answer = await thief.send({ to: people(`victim${at}x`, 40) });
    if (answer.startsWith('550 5.7.13')) break;
    assert.match(answer, /^250 /);
  }
  assert.ok(performance.now() - startedMs < 10_000);
  await until(() => place.book.sending.stopOf(ana), { what: 'it is stopped' });
  assert.match(place.troubles[0] ?? '', /counted by this process alone/);
  server.thaw();
});
