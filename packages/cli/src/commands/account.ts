// The people of a home. The site to ask is the home of the address's domain.
import { Command } from 'commander';
import {
  type AccountRow,
  type NewAccountRow,
  type OperatorClient,
  SiteApiError,
} from '@restante/site-api';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { askYesOrNo } from '../output/ask-person.ts';
import { moment, size } from '../output/words.ts';
import { exportCommand } from './account-export.ts';
import { importCommand } from './account-import.ts';
import { isMissing } from './account-missing.ts';
import { passwordFor, withPassword } from './account-password.ts';
import type { PasswordOptions } from './account-password.ts';
import { countFrom, setQuotaCommand, sizeFrom } from './account-quota.ts';
import { resumeCommand } from './account-resume.ts';
import { showSending } from './account-sending.ts';
import { setCommand } from './account-set.ts';
import { suspendCommand } from './account-suspend.ts';
import { homeOfAddress } from './home-of.ts';
import { listAtHomes } from './list-at-homes.ts';

export function accountCommand(cli: Cli): Command {
  return new Command('account')
    .description('the people of a home')
    .addCommand(addCommand(cli))
    .addCommand(listCommand(cli))
    .addCommand(showCommand(cli))
    .addCommand(setCommand(cli))
    .addCommand(removeCommand(cli))
    .addCommand(passwordCommand(cli))
    .addCommand(suspendCommand(cli))
    .addCommand(resumeCommand(cli))
    .addCommand(setQuotaCommand(cli, 'quota'))
    .addCommand(importCommand(cli))
    .addCommand(exportCommand(cli));
}

interface AddOptions extends PasswordOptions {
  readonly quota?: string;
  readonly messages?: string;
}

function addCommand(cli: Cli): Command {
  return withPassword(new Command('add').description('a new mailbox').argument('<address>'))
    .option('--quota <size>', 'for example 2GiB; without it the default of its site')
    .option('--messages <count>', 'as many messages at most')
    .action(async (text: string, options: AddOptions) => {
      const { address, site } = await homeOfAddress(cli, text);
      const quotaBytes = options.quota === undefined ? undefined : sizeFrom(options.quota);
      const quotaMessages =
        options.messages === undefined ? undefined : countFrom(options.messages);
      const password = await passwordFor(cli, address, options);
      const wanted = {
        address,
        password,
        ...(quotaBytes === undefined ? {} : { quotaBytes }),
        ...(quotaMessages === undefined ? {} : { quotaMessages }),
      };
      const { row, isNew } = await cli.ask(site, async (client) => addOnce(client, wanted));
      cli.screen.json({ ...row, added: isNew });
      cli.screen.say(
        isNew
          ? `${address} has a mailbox at ${site.name}.`
          : `${address} is there already; nothing was changed, the password neither.`,
      );
    });
}

/** Said twice, it is added once. */
async function addOnce(
  { accounts }: OperatorClient,
  wanted: NewAccountRow,
): Promise<{ readonly row: AccountRow; readonly isNew: boolean }> {
  try {
    return { row: await accounts.add(wanted), isNew: true };
  } catch (failure) {
    if (!(failure instanceof SiteApiError) || failure.code !== 'ALREADY_THERE') throw failure;
    return { row: await accounts.show(wanted.address), isNew: false };
  }
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
      const { row, sending } = await cli.ask(site, async ({ accounts }) => ({
        row: await accounts.show(address),
        sending: await accounts.explainSending(address),
      }));
      cli.screen.json({ site: site.name, ...row, sending });
      showRows(cli, [{ site: site.name, ...row }]);
      showSending(cli, row, sending);
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
      const wasThere = await cli.ask(site, async (client) => {
        try {
          await client.accounts.remove(address);
          return true;
        } catch (failure) {
          if (!isMissing(failure)) throw failure;
          return false;
        }
      });
      cli.screen.json({ removed: address, wasThere });
      cli.screen.say(
        wasThere
          ? `${address} is removed at ${site.name}.`
          : `There is no account ${address} at ${site.name}.`,
      );
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

function showRows(cli: Cli, rows: readonly (AccountRow & { readonly site: string })[]): void {
  cli.screen.table({
    columns: [
      { title: 'address' },
      { title: 'home' },
      { title: 'state' },
      { title: 'holds', align: 'right' },
      { title: 'limit', align: 'right' },
      { title: 'last login' },
    ],
    rows: rows.map((row) => [
      row.address,
      row.site,
      row.suspension?.scope === 'sending' ? 'may not send' : row.state,
      size(row.usageBytes),
      row.quotaBytes === undefined ? '-' : size(row.quotaBytes),
      row.lastLoginAtMs === undefined ? '-' : moment(row.lastLoginAtMs, cli.surroundings.now()),
    ]),
  });
}
