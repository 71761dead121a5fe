// Stopping and starting a node on this machine, for trying what happens when a home is away. A node of a production
// machine belongs to its service manager; these commands start nothing that it would not find again by pid file.
import type { SiteConfig } from '@restante/config';
import { splitHostPort } from '@restante/config';
import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { reachable, siteNamed } from '../cli.ts';
import { CliError } from '../errors.ts';
import { siteFilesIn } from '../quickstart/layout.ts';
import { livePid, stopProcess } from '../quickstart/processes.ts';
import { nodeMark, startNode } from '../quickstart/start-node.ts';
import { startRedis } from '../quickstart/start-redis.ts';

export function siteStopCommand(cli: Cli): Command {
  return new Command('stop')
    .description('stop its node on this machine')
    .argument('[name]')
    .option('--now', 'pull the plug: kill -9, nothing is finished or put back')
    .action(async (name: string | undefined, options: { readonly now?: boolean }) => {
      const site = await siteMeant(cli, name);
      const pid = await livePid(siteFilesIn(site.dir).pid, nodeMark);
      if (pid === undefined)
        throw new CliError(
          'FOUND_A_PROBLEM',
          `The node of ${site.name} does not run on this machine.`,
        );
      await stopProcess(pid, nodeMark, { graceMs: 30_000, now: options.now === true });
      cli.screen.json({ site: site.name, stopped: pid });
      cli.screen.say(
        `${site.name} is stopped. Mail for its domains waits at its backup. Again: restante site start ${site.name}`,
      );
    });
}

export function siteStartCommand(cli: Cli): Command {
  return new Command('start')
    .description('start its node again on this machine, in the background')
    .argument('[name]')
    .action(async (name: string | undefined) => {
      const site = await siteMeant(cli, name);
      await startRedisOfQuickstart(site);
      const pid = await startNode({
        site: site.name,
        config: await cli.clusterFile(),
        siteDir: site.dir,
        http: reachable(site.listen.http),
      });
      cli.screen.json({ site: site.name, pid });
      cli.screen.say(
        `${site.name} accepts mail (pid ${pid}). What waited for it comes by itself: restante status`,
      );
    });
}

async function siteMeant(cli: Cli, name: string | undefined): Promise<SiteConfig> {
  if (name === undefined) return cli.oneSite();
  const { topology } = await cli.cluster();
  return siteNamed(topology.sites, name);
}

/** Only a quickstart keeps its Redis inside the site's directory; everybody else's is not ours to start. */
async function startRedisOfQuickstart(site: SiteConfig): Promise<void> {
  const isOurs = await stat(siteFilesIn(site.dir).redis).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  const end = splitHostPort(site.redis.url.replace(/^redis:\/\//, ''));
  if (isOurs && end?.host === '127.0.0.1') await startRedis({ siteDir: site.dir, port: end.port });
}
