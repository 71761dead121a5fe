// One password per program: made by the site, shown once, revoked alone.
import { Command, Option } from 'commander';
import type { AppPasswordRow, AppPasswordScope } from '@restante/site-api';
import type { Cli } from '../cli.ts';
import { moment } from '../output/words.ts';
import { isMissing } from './account-missing.ts';
import { homeOfAddress } from './home-of.ts';

const scopes: readonly AppPasswordScope[] = ['all', 'imap', 'pop3', 'submission', 'web'];

interface AddOptions {
  readonly scope?: readonly AppPasswordScope[];
}

export function appPasswordCommand(cli: Cli): Command {
  return new Command('app-password')
    .description('one password per program')
    .addCommand(addCommand(cli))
    .addCommand(listCommand(cli))
    .addCommand(revokeCommand(cli));
}

function addCommand(cli: Cli): Command {
  return new Command('add')
    .description('makes one and shows it, this once')
    .argument('<address>')
    .argument('<label>', 'your word for it, for example "phone"')
    .addOption(
      new Option('--scope <scope...>', 'what it opens; everything without it').choices(scopes),
    )
    .action(async (text: string, label: string, { scope = ['all'] }: AddOptions) => {
      const { address, site } = await homeOfAddress(cli, text);
      const made = await cli.ask(site, async (client) =>
        client.accounts.addAppPassword(address, { label, scopes: scope }),
      );
      cli.screen.json(made);
      cli.screen.say(made.secret);
      cli.screen.say(`For ${address}, ${made.scopes.join(' and ')}; it is not shown again.`);
    });
}

function listCommand(cli: Cli): Command {
  return new Command('list')
    .description('those of an account')
    .argument('<address>')
    .action(async (text: string) => {
      const { address, site } = await homeOfAddress(cli, text);
      const rows = await cli.ask(site, async (client) => client.accounts.appPasswords(address));
      cli.screen.json(rows);
      const nowMs = cli.surroundings.now();
      cli.screen.table({
        columns: [
          { title: 'id' },
          { title: 'label' },
          { title: 'opens' },
          { title: 'made' },
          { title: 'last used' },
        ],
        rows: rows.map((row) => wordsOf(row, nowMs)),
      });
    });
}

function revokeCommand(cli: Cli): Command {
  return new Command('revoke')
    .description('it opens nothing from now on')
    .argument('<address>')
    .argument('<id>', 'as "app-password list" shows it')
    .action(async (text: string, id: string) => {
      const { address, site } = await homeOfAddress(cli, text);
      const wasThere = await cli.ask(site, async (client) => {
        try {
          await client.accounts.revokeAppPassword(address, id);
          return true;
        } catch (failure) {
          if (!isMissing(failure)) throw failure;
          return false;
        }
      });
      cli.screen.json({ address, revoked: id, wasThere });
      cli.screen.say(wasThere ? `${id} is revoked.` : `${address} has no app password ${id}.`);
    });
}

function wordsOf(row: AppPasswordRow, nowMs: number): string[] {
  const lastUsed = row.lastUsedAtMs === undefined ? 'never' : moment(row.lastUsedAtMs, nowMs);
  return [row.id, row.label, row.scopes.join(' '), moment(row.createdAtMs, nowMs), lastUsed];
}
