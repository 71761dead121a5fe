// The line between the sites is an ocean: slow, silent, cut anywhere, and cut in the one moment in which the home has taken a message
// and its backup does not hear so. Inside the cluster every message still arrives exactly once (law 6).
//
// RESTANTE_LETTERS, RESTANTE_CUTS, RESTANTE_LOST_REPLIES set the sizes; RESTANTE_SEED repeats a run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { Dialogue, numberedLetter } from '../kit/dialogue.ts';
import { numberFrom, report, seed } from '../kit/findings.ts';
import { seededRandom } from '../kit/seeded-random.ts';
import { until } from '../kit/until.ts';
import { startWeatherLink, type Fate, type WeatherLink } from '../kit/weather-link.ts';

const letters = numberFrom('RESTANTE_LETTERS', 300);
const cuts = numberFrom('RESTANTE_CUTS', 50);
const lostReplies = numberFrom('RESTANTE_LOST_REPLIES', 20);
const letterBytes = 4096;

interface Weather extends AsyncDisposable {
  readonly cluster: Cluster;
  /** What us uses to reach shanghai. */
  readonly link: WeatherLink;
}

/** Impatient where the defaults are made for people. */
async function weather(): Promise<Weather> {
  const cluster = await startCluster();
  const { smtp } = cluster.site('shanghai');
  const link = await startWeatherLink({ to: smtp });
  await cluster.reconfigure((text) =>
    text
      .replace(`[site.public]\nsmtp = "${smtp}"`, `[site.public]\nsmtp = "${link.endpoint}"`)
      .replace('[delivery]\n', '[delivery]\nreconnect_pause = "50ms"\n')
      .replace('probe_interval = "1s"', 'probe_interval = "200ms"')
      .concat('\n[retry]\nfirst_delay = "1s"\ndelay_max = "2s"\n'),
  );
  return {
    cluster,
    link,
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await link[Symbol.asyncDispose]();
    },
  };
}

test(`${letters} letters over a line cut ${cuts} times anywhere and ${lostReplies} times just before the reply: every letter home once (seed ${seed})`, async (t) => {
  await using both = await weather();
  const { cluster, link } = both;
  await until(async () => (await cluster.peerState('us', 'shanghai')) === 'up', {
    what: 'the home is up',
  });
  const random = seededRandom(seed);
  link.latencyMs = 5;
  link.fateOf = (): Fate => {
    const { cutAfter, cutBeforeReply } = link.came;
    const left = {
      anywhere: Math.max(0, cuts - cutAfter),
      reply: Math.max(0, lostReplies - cutBeforeReply),
    };
    if (left.anywhere + left.reply === 0) return { kind: 'lives' };
    if (random() * (left.anywhere + left.reply) < left.reply)
      return { kind: 'cut-before-reply', bodyBytes: letterBytes };
    return { kind: 'cut-after', bytes: 500 + Math.floor(random() * 20_000) };
  };
  const hasWeather = () => link.came.cutAfter < cuts || link.came.cutBeforeReply < lostReplies;

  let sent = 0;
  const to = cluster.accountAt('shanghai');
  await using stranger = await Dialogue.open(cluster.site('us').smtp);
  await stranger.say('EHLO stranger.test');
  const endMs = performance.now() + 240_000;
  while ((sent < letters || hasWeather()) && performance.now() < endMs) {
    const replies = await stranger.send(
      numberedLetter(`w-${sent}`, { from: 'x@stranger.test', to, sizeBytes: letterBytes }),
    );
    assert.equal(replies.at(-1)?.code, 250, JSON.stringify(replies.at(-1)));
    sent += 1;
    if (sent % 40 === 0) link.stall(random() * 400);
    // Past the letters only the weather is waited for: new mail is what makes connections.
    await pause(sent < letters ? random() * 40 : 100);
  }
  await drained(cluster);
  const { duplicates } = (
    await cluster.ask<{ counters: { duplicates: number } }>('shanghai', '/v1/status')
  ).counters;
  const { lost, twice } = await compare(cluster, 'w', sent);
  report(t, {
    seed,
    letters: sent,
    'cut anywhere': link.came.cutAfter,
    'cut before the reply': link.came.cutBeforeReply,
    'recognised as here': duplicates,
    lost: lost.length,
    twice: twice.length,
  });
  assert.deepEqual({ lost, twice }, { lost: [], twice: [] }, `seed ${seed}`);
  assert.ok(!hasWeather(), `only ${JSON.stringify(link.came)} of the cuts came`);
  assert.ok(duplicates > 0, 'the home was asked at least once to take what it had');
});

test('a home that comes and goes every second: its mail drains, once, and it is left alone for longer each time', async (t) => {
  await using both = await weather();
  const { cluster, link } = both;
  const seconds = numberFrom('RESTANTE_FLAPPING_SECONDS', 12);
  const to = cluster.accountAt('shanghai');
  await until(async () => (await cluster.peerState('us', 'shanghai')) === 'up', {
    what: 'the home is up',
  });
  await using stranger = await Dialogue.open(cluster.site('us').smtp);
  await stranger.say('EHLO stranger.test');

  let sent = 0;
  const openedEachCycle: number[] = [];
  for (let cycle = 0; cycle < seconds / 2; cycle += 1) {
    for (const isUp of [false, true]) {
      const before = link.opened;
      link.isUp = isUp;
      const endMs = performance.now() + 1000;
      while (performance.now() < endMs) {
        const replies = await stranger.send(
          numberedLetter(`f-${sent}`, { from: 'x@stranger.test', to }),
        );
        assert.equal(replies.at(-1)?.code, 250, 'the backup takes mail whatever its home does');
        sent += 1;
        await pause(20);
      }
      if (isUp) openedEachCycle.push(link.opened - before);
    }
  }
  link.isUp = true;
  await drained(cluster, 180_000);
  const { lost, twice } = await compare(cluster, 'f', sent);
  report(t, {
    seconds,
    letters: sent,
    'most connections in a second': Math.max(...openedEachCycle),
    lost: lost.length,
    twice: twice.length,
  });
  assert.deepEqual({ lost, twice }, { lost: [], twice: [] });
  // Sixteen for mail, five probes a second, and some that were cut at once; a home that is hammered sees hundreds.
  assert.ok(
    Math.max(...openedEachCycle) <= 60,
    `connections in its seconds of life: ${openedEachCycle.join(' ')}`,
  );
});

async function drained(cluster: Cluster, deadlineMs = 120_000): Promise<void> {
  try {
    await until(
      async () => (await cluster.waiting('us')) === 0 && (await cluster.waiting('shanghai')) === 0,
      { what: 'nothing waits any more', deadlineMs, everyMs: 200 },
    );
  } catch (cause) {
    const seen = await Promise.all(
      ['us', 'shanghai'].map(async (site) => ({
        status: await cluster.ask(site, '/v1/status'),
        queue: await cluster.ask(site, '/v1/queue?limit=5'),
      })),
    );
    throw new Error(`Mail still waits: ${JSON.stringify(seen)}`, { cause });
  }
}

async function compare(
  cluster: Cluster,
  prefix: string,
  sent: number,
): Promise<{ lost: readonly string[]; twice: readonly string[] }> {
  const mails = (await cluster.maildirs('shanghai'))
    .map((mail) => mail.header('X-Number') ?? '')
    .filter((number) => number.startsWith(`${prefix}-`));
  const copies = Map.groupBy(mails, (number) => number);
  const expected = Array.from({ length: sent }, (_, number) => `${prefix}-${number}`);
  return {
    lost: expected.filter((number) => !copies.has(number)),
    twice: [...copies].filter(([, found]) => found.length > 1).map(([number]) => number),
  };
}
