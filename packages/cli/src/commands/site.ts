// The nodes themselves: which sites there are, running one, and on this machine stopping and starting it again.
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { siteRunCommand } from './site-run.ts';
import { siteStartCommand, siteStopCommand } from './site-start-stop.ts';

export function siteCommand(cli: Cli): Command {
  return new Command('site')
    .description('the sites of the cluster: list, run, start, stop')
    .addCommand(listCommand(cli))
    .addCommand(siteRunCommand(cli))
    .addCommand(siteStartCommand(cli))
    .addCommand(siteStopCommand(cli));
}

function listCommand(cli: Cli): Command {
  return new Command('list').description('who is whose home and backup').action(async () => {
    const { topology } = await cli.cluster();
    const rows = (await cli.sites()).map((site) => ({
      site: site.name,
      hostname: site.hostname,
      smtp: site.listen.smtp,
      http: site.listen.http,
      home: topology.domains
        .filter((domain) => domain.home === site.name)
        .map((domain) => domain.name),
      backup: topology.domains
        .filter((domain) => domain.backups.includes(site.name))
        .map((domain) => domain.name),
    }));
    cli.screen.json(rows);
    cli.screen.table({
      columns: [
        { title: 'site' },
        { title: 'host name' },
        { title: 'smtp' },
        { title: 'http' },
        { title: 'home of' },
        { title: 'backup of' },
      ],
      rows: rows.map((row) => [
        row.site,
        row.hostname,
        row.smtp,
        row.http,
        row.home.join(', ') || '-',
        row.backup.join(', ') || '-',
      ]),
    });
  });
}
