// Deleted mail within its grace period: shown, or brought back to the folders it was deleted from.
import type { RecoverableList, RecoverableQuery } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { countOf, moment, size } from '../output/words.ts';
import { homeOfAddress } from './home-of.ts';

interface UndeleteOptions {
  readonly since?: string;
  readonly folder?: string;
  readonly list?: boolean;
}

const unitsMs = { min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

export function mailboxUndeleteCommand(cli: Cli): Command {
  return new Command('undelete')
    .description('bring deleted mail back to where it was')
    .argument('<address>')
    .option(
      '--since <time>',
      'only what was deleted since then: 30min, 2h, 1d, or 2026-11-22T10:00',
    )
    .option('--folder <name>', 'only what was deleted from this folder')
    .option('--list', 'only show what could be brought back')
    .action(async (text: string, options: UndeleteOptions) => {
      const { address, site } = await homeOfAddress(cli, text);
      const query: RecoverableQuery = {
        ...(options.since === undefined
          ? {}
          : { sinceMs: momentFrom(options.since, cli.surroundings.now()) }),
        ...(options.folder === undefined ? {} : { folder: options.folder }),
      };
      if (options.list === true) {
        const list = await cli.ask(site, async ({ mailboxes }) =>
          mailboxes.recoverable(address, query),
        );
        showList(cli, list);
        return;
      }
      const { restored, overQuota } = await cli.ask(site, async ({ mailboxes }) =>
        mailboxes.undelete(address, query),
      );
      cli.screen.json({ address, restored, overQuota });
      cli.screen.say(`${countOf(restored, 'message')} brought back.`);
      if (overQuota === 0) return;
      cli.screen.say(`${countOf(overQuota, 'message')} stayed away: the mailbox is full.`);
      cli.foundProblem();
    });
}

function showList(cli: Cli, { rows, total }: RecoverableList): void {
  cli.screen.json({ rows, total });
  const nowMs = cli.surroundings.now();
  cli.screen.table({
    columns: [
      { title: 'deleted' },
      { title: 'folder' },
      { title: 'size', align: 'right' },
      { title: 'from' },
      { title: 'subject' },
    ],
    rows: rows.map((row) => [
      moment(row.deletedAtMs, nowMs),
      row.folder,
      size(row.sizeBytes),
      row.from,
      row.subject,
    ]),
  });
  if (total > rows.length) cli.screen.say(`... and ${total - rows.length} older ones.`);
}

/** "2h" ago, or a date. */
export function momentFrom(text: string, nowMs: number): number {
  const [, count, unit = ''] = /^(\d{1,6})\s*(min|h|d|w)$/.exec(text.trim()) ?? [];
  if (count !== undefined)
    return Math.max(0, nowMs - Number(count) * unitsMs[unit as keyof typeof unitsMs]);
  const atMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs) || atMs < 0)
    throw new CliError(
      'WRONG_USE',
      `${JSON.stringify(text)} is no time; say for example 30min, 2h, 1d or 2026-11-22T10:00.`,
    );
  return atMs;
}
