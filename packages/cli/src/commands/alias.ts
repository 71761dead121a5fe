// Other names of people, and where they lead. The site to ask is the home of the alias's domain.
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { homeOfAddress } from './home-of.ts';
import { listAtHomes } from './list-at-homes.ts';

export function aliasCommand(cli: Cli): Command {
  return new Command('alias')
    .description('other names, and where they lead')
    .addCommand(setCommand(cli, 'set', 'mail for it goes to these addresses, and to no others'))
    .addCommand(addCommand(cli))
    .addCommand(listCommand(cli))
    .addCommand(removeCommand(cli));
}

/** Targets that are there already are no problem. */
function addCommand(cli: Cli): Command {
  return new Command('add')
    .description('mail for it goes to these addresses as well')
    .argument('<alias>')
    .argument('<targets...>')
    .action(async (text: string, added: string[]) => {
      const { address, site } = await homeOfAddress(cli, text);
      const targets = await cli.ask(site, async ({ accounts }) => {
        const before = (await accounts.aliases()).find((row) => isSame(row.address, address));
        const known = before?.targets ?? [];
        const all = [
          ...known,
          ...added.filter((each) => !known.some((other) => isSame(other, each))),
        ];
        await accounts.setAlias(address, all);
        return all;
      });
      cli.screen.json({ address, targets });
      cli.screen.say(`${address} leads to ${targets.join(', ')}.`);
    });
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function setCommand(cli: Cli, verb: string, description: string): Command {
  return new Command(verb)
    .description(description)
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
