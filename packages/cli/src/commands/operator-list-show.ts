// The entries of one list as a table: all pages of all sites, each entry once; for the block list also who is blocked for guessing.
import type { HarvestBlockRow, ListEntryRow, ListFilter, OperatorClient } from '@restante/site-api';
import { pageRowsMax } from '@restante/site-api';
import type { Cli } from '../cli.ts';
import { isOutOfReach } from './is-out-of-reach.ts';
import { duration, moment } from '../output/words.ts';

export interface ListRequest extends Omit<ListFilter, 'limit' | 'after'> {
  /** What to say when the list is empty. */
  readonly nobody: string;
}

export async function listEntries(cli: Cli, { nobody, ...filter }: ListRequest): Promise<void> {
  const hasBlocks = filter.list === 'block' && filter.for === undefined;
  const answers = await cli.askAll(await cli.sites(), async (client) => ({
    rows: await allPages(client, filter),
    blocks: hasBlocks ? await client.lists.harvestBlocks() : [],
  }));
  for (const answer of answers) {
    if (answer.ok) continue;
    cli.screen.warn(`${answer.site.name}: ${answer.failure.message}`);
    // What one site knows, all know; only one that should answer and cannot is a problem.
    if (!isOutOfReach(answer.failure)) cli.foundProblem();
  }
  const told = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  const rows = newestOfEach(told.flatMap((each) => each.rows));
  const blocks = longestOfEach(told.flatMap((each) => each.blocks)).filter(
    ({ subject }) => filter.subject === undefined || subject === filter.subject,
  );
  cli.screen.json({ entries: rows, ...(hasBlocks ? { harvestBlocks: blocks } : {}) });
  show(cli, rows, blocks);
  if (rows.length + blocks.length === 0) cli.screen.say(nobody);
}

function show(cli: Cli, rows: readonly ListEntryRow[], blocks: readonly HarvestBlockRow[]): void {
  const { screen, surroundings } = cli;
  const nowMs = surroundings.now();
  if (rows.length > 0)
    screen.table({
      columns: ['subject', 'for', 'since', 'ends', 'by', 'id', 'reason'].map((title) => ({
        title,
      })),
      rows: rows.map((row) => [
        row.subject,
        row.for ?? 'everybody',
        moment(row.changedAtMs, nowMs),
        row.expiresAtMs === undefined ? '-' : moment(row.expiresAtMs, nowMs),
        row.author,
        row.id,
        row.reason,
      ]),
    });
  if (blocks.length === 0) return;
  if (rows.length > 0) screen.say();
  screen.table({
    columns: ['guessed addresses', 'blocked for', 'noticed by'].map((title) => ({ title })),
    rows: blocks.map(({ subject, untilMs, from }) => [subject, duration(untilMs - nowMs), from]),
  });
}

async function allPages(
  { lists }: OperatorClient,
  filter: Omit<ListFilter, 'limit' | 'after'>,
): Promise<readonly ListEntryRow[]> {
  const rows: ListEntryRow[] = [];
  let after: string | undefined;
  do {
    const page = await lists.list({
      ...filter,
      limit: pageRowsMax,
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}

/** Sites that have not told each other yet may know different words about one entry. */
function newestOfEach(rows: readonly ListEntryRow[]): readonly ListEntryRow[] {
  const byId = new Map<string, ListEntryRow>();
  for (const row of rows) {
    const known = byId.get(row.id);
    if (known === undefined || known.changedAtMs < row.changedAtMs) byId.set(row.id, row);
  }
  return [...byId.values()].toSorted((one, other) =>
    one.subject.localeCompare(other.subject, 'en'),
  );
}

function longestOfEach(blocks: readonly HarvestBlockRow[]): readonly HarvestBlockRow[] {
  const bySubject = new Map<string, HarvestBlockRow>();
  for (const block of blocks) {
    const known = bySubject.get(block.subject);
    if (known === undefined || known.untilMs < block.untilMs) bySubject.set(block.subject, block);
  }
  return [...bySubject.values()].toSorted((one, other) => one.untilMs - other.untilMs);
}
