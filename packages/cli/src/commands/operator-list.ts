// One list of the operator: add, remove, list. All sites that answer are told; they tell the others, so that one that is away
// hears of it when it is back.
import { SiteApiError } from '@restante/site-api';
import type { ListEntryRow, ListName, OperatorClient } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { printableLine } from '../output/printable.ts';
import { listEntries } from './operator-list-show.ts';
import { isOutOfReach } from './is-out-of-reach.ts';
import { momentAhead } from './moment-ahead.ts';

export interface ListWords {
  readonly list: ListName;
  readonly description: string;
  readonly nobody: string;
}

interface AddOptions {
  readonly for?: string;
  readonly expires?: string;
  readonly reason: string;
  readonly author?: string;
}

const subjectWords =
  'an address (192.0.2.7), a network (2001:db8::/32), a domain (spam.example; .spam.example for all below it), or a sender (ana@spam.example)';

export function operatorListCommand(cli: Cli, words: ListWords): Command {
  return new Command(words.list)
    .description(words.description)
    .addCommand(addCommand(cli, words.list))
    .addCommand(removeCommand(cli, words.list))
    .addCommand(listCommand(cli, words));
}

function addCommand(cli: Cli, list: ListName): Command {
  return new Command('add')
    .description('from now on; said again, it changes reason, author and end')
    .argument('<subject>', subjectWords)
    .option('--for <account or domain>', 'only for mail to them')
    .option('--expires <time>', 'ends by itself: after 30min, 12h, 7d, 4w, or at 2026-12-31T10:00')
    .option('--reason <sentence>', 'for whoever finds it', '')
    .option('--author <name>', 'who says so; you, when not given')
    .action(async (subject: string, options: AddOptions) => {
      const entry = {
        list,
        subject,
        reason: options.reason,
        author: authorFrom(cli, options.author),
        ...(options.for === undefined ? {} : { for: options.for }),
        ...(options.expires === undefined
          ? {}
          : { expiresAtMs: momentAhead(options.expires, cli.surroundings.now()) }),
      };
      const rows = await tellAll(cli, async ({ lists }) => lists.add(entry));
      const [first] = rows;
      if (first === undefined) return;
      cli.screen.json({ ...first.value, sites: rows.map(({ site }) => site) });
      cli.screen.say(`${sentenceOf(first.value)} (${first.value.id})`);
    });
}

function removeCommand(cli: Cli, list: ListName): Command {
  return new Command('remove')
    .description(
      list === 'block'
        ? 'it holds no longer; who is blocked for guessing addresses may go on, too'
        : 'it holds no longer',
    )
    .argument('<subject or id>', 'as in the list')
    .option('--for <account or domain>', 'the entry that is only for mail to them')
    .option('--author <name>', 'who says so; you, when not given')
    .action(async (text: string, options: Pick<AddOptions, 'for' | 'author'>) => {
      const author = authorFrom(cli, options.author);
      const rows = await tellAll(cli, async (client) => {
        const ids = await idsOf(client, { list, text, forWhom: options.for?.toLowerCase() });
        let removed = 0;
        for (const id of ids) if (await client.lists.remove(id, author)) removed += 1;
        const isBlock = list === 'block' && options.for === undefined;
        if (isBlock && (await client.lists.harvestUnblock(text))) removed += 1;
        return removed;
      });
      const removed = Math.max(0, ...rows.map(({ value }) => value));
      cli.screen.json({ removed: text, count: removed, sites: rows.map(({ site }) => site) });
      if (removed === 0)
        throw new CliError(
          'FOUND_A_PROBLEM',
          `${printableLine(text)} is not in the list${options.for === undefined ? ' for everybody' : ''}.`,
        );
      cli.screen.say(`${printableLine(text)} is removed.`);
    });
}

function listCommand(cli: Cli, { list, nobody }: ListWords): Command {
  return new Command('list')
    .description('what holds now')
    .argument('[subject]', 'only this one')
    .option('--for <account or domain>', 'only what is for them')
    .action(async (subject: string | undefined, options: { readonly for?: string }) =>
      listEntries(cli, {
        list,
        nobody,
        ...(subject === undefined ? {} : { subject }),
        ...(options.for === undefined ? {} : { for: options.for }),
      }),
    );
}

async function idsOf(
  { lists }: OperatorClient,
  which: { readonly list: ListName; readonly text: string; readonly forWhom: string | undefined },
): Promise<readonly string[]> {
  if (/^[0-9a-f]{16}$/.test(which.text)) return [which.text];
  const { rows } = await lists.list({ list: which.list, subject: which.text, limit: 1000 });
  return rows.filter((row) => row.for === which.forWhom).map(({ id }) => id);
}

/** What those said that answer. One that does not is no problem of this command: the others tell it. */
async function tellAll<T>(
  cli: Cli,
  tell: (client: OperatorClient) => Promise<T>,
): Promise<readonly { readonly site: string; readonly value: T }[]> {
  // What one site refuses is wrong for all; it is not to be hidden behind another one that is away.
  let refusal: unknown;
  const answers = await cli
    .askAll(await cli.sites(), async (client) => {
      try {
        return await tell(client);
      } catch (failure) {
        if (failure instanceof SiteApiError && failure.code === 'BAD_REQUEST') refusal = failure;
        throw failure;
      }
    })
    .catch((failure: unknown) => {
      throw refusal ?? failure;
    });
  for (const answer of answers) {
    if (answer.ok) continue;
    const isTold = isOutOfReach(answer.failure);
    cli.screen.warn(
      `${answer.site.name}: ${answer.failure.message}${isTold ? ' The other sites tell it.' : ''}`,
    );
    if (!isTold) cli.foundProblem();
  }
  return answers.flatMap((answer) =>
    answer.ok ? [{ site: answer.site.name, value: answer.value }] : [],
  );
}

function sentenceOf({ list, subject, for: forWhom, expiresAtMs }: ListEntryRow): string {
  const whom = forWhom === undefined ? '' : ` for mail to ${forWhom}`;
  const until = expiresAtMs === undefined ? '' : ` until ${new Date(expiresAtMs).toISOString()}`;
  return printableLine(`${subject} is ${list === 'block' ? 'blocked' : 'let in'}${whom}${until}.`);
}

function authorFrom(cli: Cli, given: string | undefined): string {
  const { environment } = cli.surroundings;
  return [given, environment['USER'], environment['LOGNAME']].find(Boolean) ?? 'operator';
}
