// What others reported about our mail, at all homes: complaints, DMARC aggregates, and where mail in our name came from.
import type { OperatorClient } from '@restante/site-api';
import { Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { isOutOfReach } from './is-out-of-reach.ts';
import { sendReportsCommand } from './reports-send.ts';

interface Options {
  readonly domain?: string;
  readonly days: number;
}

export function reportsCommand(cli: Cli): Command {
  return new Command('reports')
    .description('what others reported about our mail, and our own reports about theirs')
    .addCommand(complaintsCommand(cli))
    .addCommand(dmarcCommand(cli))
    .addCommand(sourcesCommand(cli))
    .addCommand(sendReportsCommand(cli));
}

function complaintsCommand(cli: Cli): Command {
  return asking('complaints', 'who was complained about, and how often').action(
    async ({ domain, days }: Options) => {
      const rows = await rowsOf(cli, async ({ reports }) =>
        reports.complaints({ days, ...(domain === undefined ? {} : { domain }) }),
      );
      cli.screen.json(rows);
      if (rows.length === 0) return cli.screen.say(`Nobody complained within ${days} days.`);
      cli.screen.table({
        columns: [
          { title: 'account' },
          { title: 'domain' },
          { title: 'about' },
          { title: 'complaints', align: 'right' },
          { title: 'last' },
          { title: 'site' },
        ],
        rows: rows
          .toSorted((one, other) => other.incidents - one.incidents)
          .map((row) => [
            row.account === '' ? 'not known' : row.account,
            row.domain,
            row.feedbackType,
            String(row.incidents),
            row.lastDay,
            row.site,
          ]),
      });
    },
  );
}

function dmarcCommand(cli: Cli): Command {
  return asking('dmarc', 'how mail in the name of our domains fared elsewhere').action(
    async ({ domain, days }: Options) => {
      const rows = await rowsOf(cli, async ({ reports }) =>
        reports.dmarc({ days, ...(domain === undefined ? {} : { domain }) }),
      );
      cli.screen.json(rows);
      if (rows.length === 0) return cli.screen.say(`No DMARC report came within ${days} days.`);
      cli.screen.table({
        columns: [
          { title: 'domain' },
          ...['reports', 'messages', 'ours', 'by dkim', 'by spf', 'not ours'].map(numbers),
          ...['quarantined', 'rejected'].map(numbers),
          { title: 'site' },
        ],
        rows: rows.map((row) => [
          row.domain,
          ...[row.reports, row.messages, row.aligned, row.dkimAligned, row.spfAligned].map(String),
          ...[row.messages - row.aligned, row.quarantined, row.rejected].map(String),
          row.site,
        ]),
      });
    },
  );
}

function sourcesCommand(cli: Cli): Command {
  return asking('sources', 'which addresses sent mail in the name of a domain').action(
    async ({ domain, days }: Options) => {
      if (domain === undefined) throw new CliError('WRONG_USE', 'Say which one: --domain NAME.');
      const rows = await rowsOf(cli, async ({ reports }) => reports.sources({ domain, days }));
      cli.screen.json(rows);
      if (rows.length === 0) return cli.screen.say(`No DMARC report came within ${days} days.`);
      cli.screen.table({
        columns: [
          { title: 'address' },
          ...['messages', 'ours', 'not ours'].map(numbers),
          { title: 'last' },
          { title: 'site' },
        ],
        rows: rows
          .toSorted((one, other) => other.messages - one.messages)
          .map((row) => [
            row.sourceAddress === '' ? 'others' : row.sourceAddress,
            ...[row.messages, row.aligned, row.messages - row.aligned].map(String),
            row.lastDay,
            row.site,
          ]),
      });
    },
  );
}

function asking(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--domain <name>', 'only of this domain of ours', (text) => text.toLowerCase())
    .option('--days <number>', 'the last days, today included', wholeDays, 7);
}

function wholeDays(text: string): number {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > 800) throw new InvalidArgumentError('Say a number from 1 to 800.');
  return days;
}

function numbers(title: string) {
  return { title, align: 'right' } as const;
}

/** Each site counts the reports that reached its own offices. */
async function rowsOf<Row extends object>(
  cli: Cli,
  ask: (client: OperatorClient) => Promise<readonly Row[]>,
): Promise<readonly (Row & { readonly site: string })[]> {
  const answers = await cli.askAll(await cli.sites(), ask);
  for (const answer of answers) {
    if (answer.ok) continue;
    cli.screen.warn(`${answer.site.name}: ${answer.failure.message}`);
    // One that is away, or not of this machine, is only missing; see what it says there.
    if (!isOutOfReach(answer.failure)) cli.foundProblem();
  }
  return answers.flatMap((answer) =>
    answer.ok ? answer.value.map((row) => ({ ...row, site: answer.site.name })) : [],
  );
}
