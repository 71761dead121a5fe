// Other names of people, and where they lead. The site to ask is the home of the alias's domain.
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { homeOfAddress } from './home-of.ts';
import { listAtHomes } from './list-at-homes.ts';

export function aliasCommand(cli: Cli): Command {
  return new Command('alias')
    .description('other names, and where they lead')
    .addCommand(setCommand(cli))
    .addCommand(listCommand(cli))
    .addCommand(removeCommand(cli));
}

function setCommand(cli: Cli): Command {
  return new Command('set')
    .description('mail for it goes to these addresses')
    .argument('<alias>')
    .argument('<targets...>')
    .action(async (text: string, targets: string[]) => {
      const { address, site } = await homeOfAddress(cli, text);
      await cli.ask(site, async (client) => client.accounts.setAlias(address, targets));
      cli.screen.json({ address, targets });
      cli.screen.say(`${address} leads to ${targets.join(', ')}.`);
    });
}

function listCommand(cli: Cli): Command {
  return new Command('list')
    .description('all of them, or those of a domain')
    .argument('[domain]')
    .action(async (domain: string | undefined) => {
      const rows = await listAtHomes(cli, domain, async (client) =>
        client.accounts.aliases(domain),
      );
      cli.screen.json(rows);
      cli.screen.table({
        columns: [{ title: 'alias' }, { title: 'home' }, { title: 'leads to' }],
        rows: rows.map((row) => [row.address, row.site, row.targets.join(', ')]),
      });
    });
}

function removeCommand(cli: Cli): Command {
  return new Command('remove')
    .description('it is unknown from now on')
    .argument('<alias>')
    .action(async (text: string) => {
      const { address, site } = await homeOfAddress(cli, text);
      await cli.ask(site, async (client) => client.accounts.removeAlias(address));
      cli.screen.json({ removed: address });
      cli.screen.say(`${address} is removed.`);
    });
}
