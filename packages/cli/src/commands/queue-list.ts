// What waits, oldest first, at one site or at all of them.
import type { QueuePage, QueueRow } from '@restante/site-api';
import { pageRowsMax } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli, SiteAnswer } from '../cli.ts';
import { CliError } from '../errors.ts';
import { moment, size } from '../output/words.ts';
import { filterFrom, withFilters } from './queue-selection.ts';
import type { FilterOptions } from './queue-selection.ts';

interface ListOptions extends FilterOptions {
  readonly limit: string;
  readonly after?: string;
}

export function queueListCommand(cli: Cli): Command {
  return withFilters(new Command('list').description('what waits, oldest first'))
    .option('--limit <count>', `rows per site, at most ${pageRowsMax}`, '50')
    .option('--after <id>', 'go on behind this id')
    .action(async (options: ListOptions) => list(cli, options));
}

async function list(cli: Cli, options: ListOptions): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > pageRowsMax) {
    throw new CliError('WRONG_USE', `--limit is a number from 1 to ${pageRowsMax}.`);
  }
  const filter = {
    ...filterFrom(options),
    limit,
    ...(options.after === undefined ? {} : { after: options.after }),
  };
  const answers = await cli.askAll(await cli.sites(), async (client) => client.queueList(filter));
  cli.screen.json({
    sites: answers.map((answer) =>
      answer.ok
        ? { site: answer.site.name, ...answer.value }
        : { site: answer.site.name, unreachable: answer.failure.message },
    ),
  });
  show(cli, answers);
}

function show(cli: Cli, answers: readonly SiteAnswer<QueuePage>[]): void {
  const { screen, surroundings } = cli;
  const rows = answers.flatMap((answer) =>
    answer.ok ? answer.value.rows.map((row) => ({ site: answer.site.name, row })) : [],
  );
  for (const answer of answers) {
    if (answer.ok) continue;
    screen.warn(`${answer.site.name} does not answer: ${answer.failure.message}`);
    cli.foundProblem();
  }
  if (rows.length === 0) {
    screen.say('Nothing waits.');
    return;
  }
  screen.table({
    columns: [
      { title: 'site' },
      { title: 'id' },
      { title: 'state' },
      { title: 'since' },
      { title: 'next try' },
      { title: 'tries', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'from' },
      { title: 'for' },
      { title: 'last heard' },
    ],
    rows: rows.map(({ site, row }) => [site, ...cellsOf(row, surroundings.now())]),
  });
  for (const answer of answers) {
    if (!answer.ok || answer.value.next === undefined) continue;
    screen.say(
      `${answer.site.name}: ${answer.value.rows.length} of ${answer.value.total} shown; go on with --site ${answer.site.name} --after ${answer.value.next}`,
    );
  }
}

function cellsOf(row: QueueRow, nowMs: number): readonly string[] {
  const others = row.recipients.length > 1 ? ` and ${row.recipients.length - 1} more` : '';
  return [
    row.id,
    row.state,
    moment(row.acceptedAtMs, nowMs),
    row.nextAtMs === undefined ? '-' : moment(row.nextAtMs, nowMs),
    String(row.attempts),
    size(row.sizeBytes),
    row.sender === '' ? '<>' : row.sender,
    `${row.recipients[0] ?? '-'}${others}`,
    row.heldBecause ?? row.lastReply ?? '',
  ];
}
