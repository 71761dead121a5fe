// How long a letter takes from the backup's 250 to the home's Maildir when both are up: one letter at a time, the time is
// taken when the file appears.
import { watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startCluster } from '../kit/cluster.ts';
import { Dialogue, numberedLetter } from '../kit/dialogue.ts';
import { until } from '../kit/until.ts';
import { median, percentile } from './load.ts';

export interface LatencyResult {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly samples: number;
}

export async function benchLatency({
  letters,
}: {
  readonly letters: number;
}): Promise<LatencyResult> {
  await using cluster = await startCluster();
  const to = cluster.accountAt('shanghai');
  await using dialogue = await Dialogue.open(cluster.site('us').smtp);
  await dialogue.say('EHLO bench.test');
  // The first letters open connections and the mailbox.
  for (let number = 0; number < 20; number += 1)
    await dialogue.send(numberedLetter(`warm-${number}`, { from: 'x@stranger.test', to }));
  const inbox = await findNew(join(cluster.site('shanghai').dir, 'mail'));
  const samples: number[] = [];
  for (let number = 0; number < letters; number += 1)
    samples.push(await oneLetter(dialogue, { inbox, number, to }));
  return { p50Ms: median(samples), p99Ms: percentile(samples, 0.99), samples: samples.length };
}

async function oneLetter(
  dialogue: Dialogue,
  { inbox, number, to }: { inbox: string; number: number; to: string },
): Promise<number> {
  const before = (await readdir(inbox)).length;
  const { promise, resolve } = Promise.withResolvers<number>();
  const watcher = watch(inbox, () => {
    void readdir(inbox).then((names) => {
      if (names.length > before) resolve(performance.now());
    });
  });
  const replies = await dialogue.send(numberedLetter(number, { from: 'x@stranger.test', to }));
  const acceptedMs = performance.now();
  if (replies.at(-1)?.code !== 250) throw new Error(`The backup said ${replies.at(-1)?.text}`);
  const arrivedMs = await promise;
  watcher.close();
  return Math.max(0, arrivedMs - acceptedMs);
}

/** The new/ of the one mailbox, once the first letters are in it. */
async function findNew(root: string): Promise<string> {
  return until(
    async () => {
      const found = (await readdir(root, { recursive: true })).find((name) =>
        name.endsWith('/new'),
      );
      return (
        found !== undefined && (await readdir(join(root, found))).length >= 20 && join(root, found)
      );
    },
    { what: 'the first letters are in the Maildir' },
  );
}
