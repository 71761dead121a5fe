// The cluster's own certificate authority. Run where the cluster file is kept; the authority's key is needed nowhere else.
import { systemClock } from '@restante/runtime';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { siteNamed } from '../cli.ts';

export function clusterCommand(cli: Cli): Command {
  return new Command('cluster')
    .description("the cluster's own keys")
    .addCommand(initCommand(cli))
    .addCommand(renewCommand(cli))
    .addCommand(showCommand(cli));
}

function initCommand(cli: Cli): Command {
  return new Command('init')
    .description('make the authority and a certificate for every site; what is there stays')
    .action(async () => {
      const { initCluster } = await import('@restante/site');
      const { topology } = await cli.cluster();
      const report = await initCluster({
        dir: topology.pkiDir,
        clusterName: topology.name,
        sites: topology.sites,
        clock: systemClock,
      });
      cli.screen.json(report);
      for (const path of report.made) cli.screen.say(`made  ${path}`);
      for (const path of report.kept) cli.screen.say(`kept  ${path}`);
      cli.screen.say();
      cli.screen.say(
        'Every site needs ca.crt and its own .crt and .key. Keep ca.key off the sites.',
      );
    });
}

function renewCommand(cli: Cli): Command {
  return new Command('renew')
    .description('make certificates again, with new keys')
    .argument('[sites...]', 'every site, when none is named')
    .action(async (names: string[]) => {
      const { renewSites } = await import('@restante/site');
      const { topology } = await cli.cluster();
      const sites =
        names.length === 0 ? topology.sites : names.map((name) => siteNamed(topology.sites, name));
      const report = await renewSites({ dir: topology.pkiDir, sites, clock: systemClock });
      cli.screen.json(report);
      for (const path of report.made) cli.screen.say(`made  ${path}`);
    });
}

function showCommand(cli: Cli): Command {
  return new Command('show')
    .description('which certificates there are, and until when')
    .action(async () => {
      const { describePki } = await import('@restante/site');
      const { topology } = await cli.cluster();
      const rows = await describePki(
        topology.pkiDir,
        topology.sites.map((site) => site.name),
        systemClock,
      );
      cli.screen.json(rows);
      cli.screen.table({
        columns: [
          { title: 'whose' },
          { title: 'days left', align: 'right' },
          { title: 'names' },
          { title: 'file' },
        ],
        rows: rows.map((row) => [
          row.name,
          String(row.daysLeft),
          row.hostnames.join(', ') || '-',
          row.file,
        ]),
      });
      if (rows.some((row) => row.daysLeft < 30)) cli.foundProblem();
    });
}
