// kill -9 at random instants under load, of whatever there is: both sites' nodes and both Redis. Afterwards every
// acknowledged letter is in its Maildir, whole, and none is there twice.
//
// RESTANTE_KILLS sets the rounds (normal run 12, soak 200); a failing run prints its seed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { Dialogue, numberedLetter } from '../kit/dialogue.ts';
import { numberFrom, progress, report, seed } from '../kit/findings.ts';
import { seededRandom } from '../kit/seeded-random.ts';
import { until } from '../kit/until.ts';

const rounds = numberFrom('RESTANTE_KILLS', 12);
const targets = ['node shanghai', 'node us', 'redis shanghai', 'redis us'] as const;

test(`${rounds} kills of nodes and Redis under load: every acknowledged letter is home, each once (seed ${seed})`, async (t) => {
  await using cluster = await startCluster();
  const random = seededRandom(seed);
  const stranger = startStranger(cluster);

  for (let round = 0; round < rounds; round += 1) {
    await pause(200 + random() * 800);
    const target = targets[Math.floor(random() * targets.length)] ?? targets[0];
    const [what, site = ''] = target.split(' ');
    progress(
      `round ${round + 1} of ${rounds}: ${target}, ${stranger.acknowledged.size} acknowledged so far`,
    );
    if (what === 'redis') {
      await cluster.killRedis(site);
      await pause(random() * 500);
      await cluster.startRedis(site);
    } else {
      await cluster.kill(site);
      await pause(random() * 1500);
      await cluster.start(site);
    }
  }
  await stranger.stop();
  assert.ok(
    stranger.acknowledged.size > rounds * 5,
    `only ${stranger.acknowledged.size} letters were acknowledged`,
  );

  await until(
    async () => (await cluster.waiting('us')) === 0 && (await cluster.waiting('shanghai')) === 0,
    {
      what: 'both spools are empty',
      deadlineMs: 120_000,
      everyMs: 250,
    },
  );
  const mails = [...(await cluster.maildirs('shanghai')), ...(await cluster.maildirs('us'))];
  const byNumber = Map.groupBy(mails, (mail) => mail.header('X-Number') ?? '?');
  const lost = [...stranger.acknowledged.keys()].filter((number) => !byNumber.has(number));
  const twice = [...byNumber].filter(([, copies]) => copies.length > 1).map(([number]) => number);
  report(t, {
    seed,
    kills: rounds,
    acknowledged: stranger.acknowledged.size,
    lost: lost.length,
    twice: twice.length,
  });
  assert.deepEqual(lost, [], `seed ${seed}: acknowledged and lost`);
  assert.deepEqual(twice, [], `seed ${seed}: delivered twice`);
  for (const [number, body] of stranger.acknowledged) {
    assert.equal(
      byNumber.get(number)?.[0]?.body.trimEnd(),
      body,
      `seed ${seed}: letter ${number} is whole`,
    );
  }
});

interface Stranger {
  /** Number -> body of every letter that got its 250. */
  readonly acknowledged: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

/** Four senders that behave as an MTA does: home first, else its backup; no 250, try again with the very same bytes. */
function startStranger(cluster: Cluster): Stranger {
  const acknowledged = new Map<string, string>();
  let isStopped = false;
  const sender = async (lane: number, home: string, backup: string) => {
    const to = cluster.accountAt(home);
    for (let count = 0; !isStopped; count += 1) {
      const letter = numberedLetter(`${lane}-${count}`, { from: 'x@stranger.test', to });
      for (let isTaken = false; !isTaken && !isStopped;) {
        isTaken =
          (await tryOnce(cluster.site(home).smtp, letter)) ||
          (await tryOnce(cluster.site(backup).smtp, letter));
        if (!isTaken) await pause(100);
        else
          acknowledged.set(
            `${lane}-${count}`,
            letter.data.slice(letter.data.indexOf('\r\n\r\n') + 4),
          );
      }
    }
  };
  const senders = [
    sender(0, 'shanghai', 'us'),
    sender(1, 'us', 'shanghai'),
    sender(2, 'shanghai', 'us'),
    sender(3, 'us', 'shanghai'),
  ];
  return {
    acknowledged,
    async stop() {
      isStopped = true;
      await Promise.all(senders);
    },
  };
}

async function tryOnce(
  endpoint: string,
  letter: ReturnType<typeof numberedLetter>,
): Promise<boolean> {
  try {
    await using dialogue = await Dialogue.open(endpoint);
    await dialogue.say('EHLO stranger.test');
    return (await dialogue.send(letter)).at(-1)?.code === 250;
  } catch {
    return false; // Connection refused or cut: what the drill is about.
  }
}
