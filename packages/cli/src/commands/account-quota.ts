// How much a mailbox may hold: bytes and messages.
import { Command } from 'commander';
import type { AccountRow, QuotaChange } from '@restante/site-api';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { parseSize, size } from '../output/words.ts';
import { homeOfAddress } from './home-of.ts';
import { listAtHomes } from './list-at-homes.ts';

interface QuotaOptions {
  readonly messages?: string;
}

export function quotaCommand(cli: Cli): Command {
  return new Command('quota')
    .description('how much mailboxes may hold')
    .addCommand(showCommand(cli))
    .addCommand(setQuotaCommand(cli, 'set'));
}

/** Also known as "account quota". */
export function setQuotaCommand(cli: Cli, name: string): Command {
  return new Command(name)
    .description('how much a mailbox may hold')
    .argument('<address>')
    .argument('[size]', 'for example 2GiB; "none" is the default of its site')
    .option('--messages <count>', 'as many messages at most; "none" for as many as there is room')
    .action(async (text: string, limit: string | undefined, { messages }: QuotaOptions) => {
      const change: QuotaChange = {
        ...(limit !== undefined && { quotaBytes: sizeOrNone(limit) }),
        ...(messages !== undefined && { quotaMessages: countOrNone(messages) }),
      };
      if (Object.keys(change).length === 0)
        throw new CliError('WRONG_USE', 'Say a size, or --messages, or both.');
      const { address, site } = await homeOfAddress(cli, text);
      const row = await cli.ask(site, async (client) => {
        await client.accounts.setQuota(address, change);
        return client.accounts.show(address);
      });
      cli.screen.json({ site: site.name, ...row });
      cli.screen.say(`${row.address} may hold ${limitOf(row)}.`);
    });
}

function showCommand(cli: Cli): Command {
  return new Command('show')
    .description('of one mailbox, or of all of a domain, the fullest first')
    .argument('[address-or-domain]')
    .action(async (text: string | undefined) => {
      const rows = await rowsOf(cli, text);
      const sorted = rows.toSorted((a, b) => share(b) - share(a));
      cli.screen.json(sorted);
      cli.screen.table({
        columns: [
          { title: 'address' },
          { title: 'holds', align: 'right' },
          { title: 'messages', align: 'right' },
          { title: 'limit', align: 'right' },
          { title: 'full', align: 'right' },
        ],
        rows: sorted.map((row) => [
          row.address,
          size(row.usageBytes),
          String(row.usageMessages ?? '-'),
          limitOf(row),
          share(row) === 0 ? '-' : `${Math.round(share(row) * 100)} %`,
        ]),
      });
    });
}

async function rowsOf(cli: Cli, text: string | undefined): Promise<readonly AccountRow[]> {
  if (text?.includes('@') !== true)
    return listAtHomes(cli, text, async (client) => client.accounts.list(text));
  const { address, site } = await homeOfAddress(cli, text);
  return [await cli.ask(site, async (client) => client.accounts.show(address))];
}

/** How much of its own limit it has used; without one of its own there is nothing to compare with. */
function share({ usageBytes, usageMessages = 0, quotaBytes, quotaMessages }: AccountRow): number {
  const parts = [
    quotaBytes === undefined ? 0 : usageBytes / Math.max(1, quotaBytes),
    quotaMessages === undefined ? 0 : usageMessages / Math.max(1, quotaMessages),
  ];
  return Math.max(...parts);
}

function limitOf({ quotaBytes, quotaMessages }: AccountRow): string {
  const bytes = quotaBytes === undefined ? 'the default of its site' : size(quotaBytes);
  return quotaMessages === undefined ? bytes : `${bytes}, ${quotaMessages} messages`;
}

export function sizeFrom(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined)
    throw new CliError(
      'WRONG_USE',
      `${JSON.stringify(text)} is not a size; say for example 500MiB or 2GiB.`,
    );
  return bytes;
}

export function countFrom(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new CliError('WRONG_USE', `${JSON.stringify(text)} is not a number of messages.`);
  return Number(text);
}

function sizeOrNone(text: string): number | null {
  return text === 'none' ? null : sizeFrom(text);
}

function countOrNone(text: string): number | null {
  return text === 'none' ? null : countFrom(text);
}
