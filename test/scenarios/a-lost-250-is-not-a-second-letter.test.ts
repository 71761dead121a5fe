// RFC 1047: a client whose connection broke before it read our 250 sends the same message again, to the same site or to the other one.
// It is one message. Two that only look the same, both with their 250 read, are two.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { Dialogue, numberedLetter, type Letter } from '../kit/dialogue.ts';
import { until } from '../kit/until.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
});
after(async () => {
  await cluster[Symbol.asyncDispose]();
});

const from = 'x@stranger.test';

/** Sends everything and goes away without a word once the site has stored it: the 250 is never read. */
async function sendAndBreak(site: string, letter: Letter): Promise<void> {
  const acceptedBefore = await accepted(site);
  const dialogue = await Dialogue.open(cluster.site(site).smtp);
  await dialogue.say('EHLO stranger.test');
  await dialogue.say(`MAIL FROM:<${letter.from}>`);
  for (const to of letter.to) await dialogue.say(`RCPT TO:<${to}>`);
  await dialogue.say('DATA');
  dialogue.write(`${letter.data}\r\n.\r\n`);
  await until(async () => (await accepted(site)) > acceptedBefore, {
    what: 'the site has stored it',
    everyMs: 5,
  });
  dialogue.cut();
}

async function sendAndRead(site: string, letter: Letter): Promise<void> {
  await using dialogue = await Dialogue.open(cluster.site(site).smtp);
  await dialogue.say('EHLO stranger.test');
  assert.equal((await dialogue.send(letter)).at(-1)?.code, 250);
}

async function accepted(site: string): Promise<number> {
  return (await cluster.ask<{ counters: { accepted: number } }>(site, '/v1/status')).counters
    .accepted;
}

async function copiesOf(number: string): Promise<number> {
  for (const site of ['us', 'shanghai']) {
    await until(async () => (await cluster.waiting(site)) === 0, {
      what: `nothing waits at ${site}`,
    });
  }
  return (await cluster.maildirs('shanghai')).filter((mail) => mail.header('X-Number') === number)
    .length;
}

for (const [first, second] of [
  ['us', 'us'],
  ['shanghai', 'shanghai'],
  ['us', 'shanghai'],
  ['shanghai', 'us'],
] as const) {
  test(`cut off before the 250 at ${first}, sent again to ${second}: delivered once (RFC 1047)`, async () => {
    const letter = numberedLetter(`lost-${first}-${second}`, {
      from,
      to: cluster.accountAt('shanghai'),
    });
    await sendAndBreak(first, letter);
    await sendAndRead(second, letter);
    assert.equal(await copiesOf(`lost-${first}-${second}`), 1);
  });
}

test('cut off three times in a row, at both sites: delivered once', async () => {
  const letter = numberedLetter('lost-thrice', { from, to: cluster.accountAt('shanghai') });
  await sendAndBreak('shanghai', letter);
  const dialogue = await Dialogue.open(cluster.site('us').smtp);
  await dialogue.say('EHLO stranger.test');
  await dialogue.send(letter);
  dialogue.cut();
  await sendAndRead('shanghai', letter);
  assert.equal(await copiesOf('lost-thrice'), 1);
});

test('cut off at the backup while the home is away, sent again to the backup, and again to the home when it is back: delivered once', async () => {
  const letter = numberedLetter('lost-away', { from, to: cluster.accountAt('shanghai') });
  await cluster.kill('shanghai');
  await sendAndBreak('us', letter);
  await sendAndRead('us', letter);
  await cluster.start('shanghai');
  assert.equal(await copiesOf('lost-away'), 1);
});

for (const site of ['us', 'shanghai']) {
  test(`the same bytes on purpose to ${site}, both with their 250 read: two letters`, async () => {
    const letter = numberedLetter(`meant-${site}`, { from, to: cluster.accountAt('shanghai') });
    await sendAndRead(site, letter);
    // Longer than any memory of a reply that may still be on its way.
    await pause(2500);
    await sendAndRead(site, letter);
    assert.equal(await copiesOf(`meant-${site}`), 2);
  });
}

test('the same bytes on purpose to both sites, both with their 250 read before the first one travels: two letters', async () => {
  const letter = numberedLetter('meant-both', { from, to: cluster.accountAt('shanghai') });
  // A letter takes the doubt about its 250 with it. One that travels in the millisecond before its client goes on stays doubtful
  // at its home, and the same bytes sent there later count as its retry.
  assert.equal((await cluster.cli('route', 'hold', 'peer:shanghai', '--site', 'us')).code, 0);
  await sendAndRead('us', letter);
  assert.equal((await cluster.cli('route', 'release', 'peer:shanghai', '--site', 'us')).code, 0);
  await until(async () => (await cluster.waiting('us')) === 0, { what: 'it has travelled' });
  await sendAndRead('shanghai', letter);
  assert.equal(await copiesOf('meant-both'), 2);
});
