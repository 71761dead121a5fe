// The people of a home. The site to ask is the home of the address's domain.
import { Command } from 'commander';
import type { AccountOperations, AccountRow } from '@restante/site-api';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { askYesOrNo } from '../output/ask-person.ts';
import { parseSize, size } from '../output/words.ts';
import { passwordFor, withPassword } from './account-password.ts';
import type { PasswordOptions } from './account-password.ts';
import { homeOfAddress } from './home-of.ts';
import { listAtHomes } from './list-at-homes.ts';

export function accountCommand(cli: Cli): Command {
  return new Command('account')
    .description('the people of a home')
    .addCommand(addCommand(cli))
    .addCommand(listCommand(cli))
    .addCommand(showCommand(cli))
    .addCommand(removeCommand(cli))
    .addCommand(passwordCommand(cli))
    .addCommand(
      changing(
        cli,
        'suspend',
        'refuse mail for it; what is there stays',
        async (accounts, address) => accounts.setState(address, 'suspended'),
      ),
    )
    .addCommand(
      changing(cli, 'activate', 'undo suspend', async (accounts, address) =>
        accounts.setState(address, 'active'),
      ),
    )
    .addCommand(quotaCommand(cli));
}

function addCommand(cli: Cli): Command {
  return withPassword(new Command('add').description('a new mailbox').argument('<address>'))
    .option('--quota <size>', 'for example 2GiB; without it there is no limit')
    .action(async (text: string, options: PasswordOptions & { readonly quota?: string }) => {
      const { address, site } = await homeOfAddress(cli, text);
      const quotaBytes = options.quota === undefined ? undefined : sizeFrom(options.quota);
      const password = await passwordFor(cli, address, options);
      const row = await cli.ask(site, async (client) =>
        client.accounts.add({
          address,
          password,
          ...(quotaBytes === undefined ? {} : { quotaBytes }),
        }),
      );
      cli.screen.json(row);
      cli.screen.say(`${address} has a mailbox at ${site.name}.`);
    });
}

function listCommand(cli: Cli): Command {
  return new Command('list')
    .description('everybody, or everybody of a domain')
    .argument('[domain]')
    .action(async (domain: string | undefined) => {
      const rows = await listAtHomes(cli, domain, async (client) => client.accounts.list(domain));
      cli.screen.json(rows);
      showRows(cli, rows);
    });
}

function showCommand(cli: Cli): Command {
  return new Command('show')
    .description('one mailbox')
    .argument('<address>')
    .action(async (text: string) => {
      const { address, site } = await homeOfAddress(cli, text);
      const rows = await cli.ask(site, async (client) => client.accounts.list());
      const row = rows.find((each) => each.address.toLowerCase() === address.toLowerCase());
      if (!row)
        throw new CliError('FOUND_A_PROBLEM', `Nobody at ${site.name} is called ${address}.`);
      cli.screen.json({ site: site.name, ...row });
      showRows(cli, [{ site: site.name, ...row }]);
    });
}

function removeCommand(cli: Cli): Command {
  return new Command('remove')
    .description('no more mail for it')
    .argument('<address>')
    .option('--yes', 'do not ask')
    .action(async (text: string, options: { readonly yes?: boolean }) => {
      const { address, site } = await homeOfAddress(cli, text);
      if (options.yes !== true) {
        if (cli.surroundings.stdin.isTTY !== true)
          throw new CliError('WRONG_USE', 'Say --yes when you mean it.');
        if (!(await askYesOrNo(`Remove ${address}?`)))
          throw new CliError('WRONG_USE', 'Nothing was removed.');
      }
      await cli.ask(site, async (client) => client.accounts.remove(address));
      cli.screen.json({ removed: address });
      cli.screen.say(`${address} is removed at ${site.name}.`);
    });
}

function passwordCommand(cli: Cli): Command {
  return withPassword(
    new Command('password').description('a new password').argument('<address>'),
  ).action(async (text: string, options: PasswordOptions) => {
    const { address, site } = await homeOfAddress(cli, text);
    const password = await passwordFor(cli, address, options);
    await cli.ask(site, async (client) => client.accounts.setPassword(address, password));
    cli.screen.json({ changed: address });
    cli.screen.say(`${address} has a new password.`);
  });
}

function quotaCommand(cli: Cli): Command {
  return new Command('quota')
    .description('how much its mailbox may hold')
    .argument('<address>')
    .argument('<size>', 'for example 2GiB, or "none"')
    .action(async (text: string, limit: string) => {
      const { address, site } = await homeOfAddress(cli, text);
      const quotaBytes = limit === 'none' ? undefined : sizeFrom(limit);
      await cli.ask(site, async (client) => client.accounts.setQuota(address, quotaBytes));
      cli.screen.json({ changed: address, quotaBytes: quotaBytes ?? null });
      cli.screen.say(
        `${address} may hold ${quotaBytes === undefined ? 'as much as there is room' : size(quotaBytes)}.`,
      );
    });
}

function changing(
  cli: Cli,
  verb: string,
  description: string,
  change: (accounts: AccountOperations, address: string) => Promise<void>,
): Command {
  return new Command(verb)
    .description(description)
    .argument('<address>')
    .action(async (text: string) => {
      const { address, site } = await homeOfAddress(cli, text);
      await cli.ask(site, async (client) => change(client.accounts, address));
      cli.screen.json({ changed: address });
      cli.screen.say(`${address}: done.`);
    });
}

function showRows(cli: Cli, rows: readonly (AccountRow & { readonly site: string })[]): void {
  cli.screen.table({
    columns: [
      { title: 'address' },
      { title: 'home' },
      { title: 'state' },
      { title: 'holds', align: 'right' },
      { title: 'limit', align: 'right' },
    ],
    rows: rows.map((row) => [
      row.address,
      row.site,
      row.state,
      size(row.usageBytes),
      row.quotaBytes === undefined ? '-' : size(row.quotaBytes),
    ]),
  });
}

function sizeFrom(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined)
    throw new CliError(
      'WRONG_USE',
      `${JSON.stringify(text)} is not a size; say for example 500MiB or 2GiB.`,
    );
  return bytes;
}
