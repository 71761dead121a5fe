// Makes the timetable in Redis anew from the spool, with the node stopped: everything the spool holds is due now, everything
// else is gone. A node does the same by itself when it starts; this is for looking at the result first, or for a Redis
// whose content nobody trusts any more.
import { join } from 'node:path';
import type { SiteConfig } from '@restante/config';
import { routeTarget } from '@restante/mail-model';
import type { Route } from '@restante/mail-model';
import { createRouter } from '@restante/relay';
import { createRetryQueue, timetablePrefix } from '@restante/retry-queue';
import type { RetryQueue } from '@restante/retry-queue';
import { listSpool, lockSpool } from '@restante/spool';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { createProgress } from '../output/progress.ts';
import type { Progress } from '../output/progress.ts';
import { countOf } from '../output/words.ts';
import type { Cluster } from '../site-parts.ts';

const batchMax = 1000;

export function rebuildQueueCommand(cli: Cli): Command {
  return new Command('rebuild-queue')
    .description('make the timetable in Redis anew from the spool (the node must be stopped)')
    .action(async () => {
      const [{ topology }, site] = [await cli.cluster(), await cli.oneSite()];
      const dir = join(site.dir, 'spool');
      // Throws SPOOL_LOCKED, with the holder's pid, while the node runs.
      const lock = lockSpool(dir, 'restante spool rebuild-queue');
      try {
        await using queue = openQueue(site);
        using progress = createProgress(cli.surroundings);
        await queue.ready();
        const routes = routesOf(topology, site.name);
        for (const route of routes) queue.openRoute(route);
        const removed = await clear(queue, routes, progress);
        const added = await fill(queue, {
          dir,
          router: createRouter(site.name, topology.domains),
          progress,
        });
        progress[Symbol.dispose]();
        cli.screen.json({ site: site.name, removed, ...added });
        cli.screen.say(
          `${site.name}: ${removed} taken off, ${countOf(added.scheduled, 'message')} due when the node starts, ${added.held} held back.`,
        );
        if (added.damaged > 0) {
          cli.screen.warn(
            `${countOf(added.damaged, 'message')} cannot be read: restante spool check --site ${site.name}`,
          );
          cli.foundProblem();
        }
      } finally {
        lock.release();
      }
    });
}

function openQueue({ name, redis }: SiteConfig): RetryQueue {
  return createRetryQueue({
    url: redis.url,
    ...(redis.password ? { password: redis.password } : {}),
    prefix: timetablePrefix(name),
    onEvent: () => undefined,
  });
}

/** Every way mail can leave this site. */
function routesOf({ sites, domains }: Cluster['topology'], own: string): readonly Route[] {
  const peers = sites.filter((site) => site.name !== own).map((site): Route => `peer:${site.name}`);
  const hosts = domains
    .filter((domain) => domain.homeHost !== undefined)
    .map((domain): Route => `host:${domain.name}`);
  return ['local', 'internet', ...peers, ...hosts];
}

async function clear(
  queue: RetryQueue,
  routes: readonly Route[],
  progress: Progress,
): Promise<number> {
  let removed = 0;
  for (const route of routes) {
    removed += await queue.repair(route);
    for await (const ids of queue.ids(route)) {
      for (const id of ids) if (await queue.remove(id, route)) removed += 1;
      progress.show(`${removed} taken off ${routeTarget(route) || route}`);
    }
  }
  return removed;
}

interface Filled {
  readonly scheduled: number;
  readonly held: number;
  readonly damaged: number;
}

async function fill(
  queue: RetryQueue,
  {
    dir,
    router,
    progress,
  }: {
    readonly dir: string;
    readonly router: ReturnType<typeof createRouter>;
    readonly progress: Progress;
  },
): Promise<Filled> {
  let [scheduled, held, damaged] = [0, 0, 0];
  let batch: { readonly id: string; readonly route: Route; readonly delayMs: number }[] = [];
  for await (const listed of listSpool(dir)) {
    if (listed.kind === 'corrupt') {
      damaged += 1;
    } else if (listed.message.held !== undefined) {
      held += 1;
    } else {
      const { id, pending } = listed.message;
      const routes = new Set(pending.map((recipient) => router.routeOf(recipient)));
      batch.push(...[...routes].map((route) => ({ id, route, delayMs: 0 })));
      scheduled += 1;
    }
    if (batch.length < batchMax) continue;
    await queue.schedule(batch);
    batch = [];
    progress.show(`${scheduled} scheduled`);
  }
  if (batch.length > 0) await queue.schedule(batch);
  return { scheduled, held, damaged };
}
