// Mail that was accepted and is kept from its recipients because it looks dangerous: held messages whose reason says so, as a list of
// their own. Nothing else that is held is ever touched from here.
import type { OperatorClient, QueueRow } from '@restante/site-api';
import { pageRowsMax } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { askYesOrNo } from '../output/ask-person.ts';
import { countOf, moment, size } from '../output/words.ts';
import { showMessage } from './queue-show.ts';

interface WhichOptions {
  readonly recipient?: string;
  readonly sender?: string;
  readonly all?: boolean;
}

const mark = 'quarantine:';

export function quarantineCommand(cli: Cli): Command {
  return new Command('quarantine')
    .description('mail kept back because it looks dangerous: look, release, delete')
    .addCommand(listCommand(cli))
    .addCommand(showCommand(cli))
    .addCommand(actCommand(cli, 'release'))
    .addCommand(actCommand(cli, 'delete').option('--yes', 'do not ask'));
}

function listCommand(cli: Cli): Command {
  return withWhom(new Command('list').description('what is kept back, oldest first')).action(
    async (options: WhichOptions) => {
      const answers = await cli.askAll(await cli.sites(), async (client) => kept(client, options));
      const rows = answers.flatMap((answer) =>
        answer.ok ? answer.value.map((row) => ({ site: answer.site.name, ...row })) : [],
      );
      for (const answer of answers) {
        if (answer.ok) continue;
        cli.screen.warn(`${answer.site.name}: ${answer.failure.message}`);
        cli.foundProblem();
      }
      cli.screen.json(rows);
      if (rows.length === 0) cli.screen.say('Nothing is in quarantine.');
      else showRows(cli, rows);
    },
  );
}

function showRows(cli: Cli, rows: readonly (QueueRow & { readonly site: string })[]): void {
  cli.screen.table({
    columns: ['site', 'id', 'since', 'size', 'from', 'for', 'because'].map((title) => ({ title })),
    rows: rows.map((row) => [
      row.site,
      row.id,
      moment(row.acceptedAtMs, cli.surroundings.now()),
      size(row.sizeBytes),
      row.sender === '' ? '<>' : row.sender,
      row.recipients.join(', '),
      (row.heldBecause ?? '').slice(mark.length).trim(),
    ]),
  });
}

function showCommand(cli: Cli): Command {
  return new Command('show')
    .description('one message: envelope, why it is kept back, header')
    .argument('<id>', 'as in the list')
    .action(async (id: string) => {
      const answers = await cli.askAll(await cli.sites(), async (client) => client.queueShow(id));
      const found = answers.flatMap((answer) =>
        answer.ok && answer.value !== undefined && isKept(answer.value)
          ? [{ site: answer.site.name, detail: answer.value }]
          : [],
      );
      if (found.length === 0) throw notThere([id]);
      cli.screen.json(found.map(({ site, detail }) => ({ site, ...detail })));
      for (const { site, detail } of found) showMessage(cli, site, detail);
    });
}

function actCommand(cli: Cli, verb: 'release' | 'delete'): Command {
  return withWhom(
    new Command(verb)
      .description(
        verb === 'release' ? 'it goes to its recipients' : 'delete for good; nobody is told',
      )
      .argument('[ids...]', 'as in the list'),
  )
    .option('--all', 'everything in quarantine')
    .action(async (ids: string[], options: WhichOptions & { readonly yes?: boolean }) => {
      const { all, recipient, sender } = options;
      const hasWhom = recipient !== undefined || sender !== undefined;
      if ([ids.length > 0, hasWhom, all === true].filter(Boolean).length !== 1)
        throw new CliError(
          'WRONG_USE',
          'Say which messages: ids, or --recipient and --sender, or --all.',
        );
      if (verb === 'delete' && options.yes !== true) await confirm(cli);
      await act(cli, verb, { ids, options });
    });
}

async function act(
  cli: Cli,
  verb: 'release' | 'delete',
  { ids, options }: { readonly ids: readonly string[]; readonly options: WhichOptions },
): Promise<void> {
  const user = cli.surroundings.environment['USER'] ?? '';
  const answers = await cli.askAll(await cli.sites(), async (client) => {
    const rows = await kept(client, options);
    const chosen = rows.map(({ id }) => id).filter((id) => ids.length === 0 || ids.includes(id));
    // Ids and never a filter: what else is held stays held.
    for (let at = 0; at < chosen.length; at += pageRowsMax) {
      const selection = { ids: chosen.slice(at, at + pageRowsMax) };
      if (verb === 'release') await client.queueRelease(selection);
      else await client.queueDelete(selection, user === '' ? 'operator' : user);
    }
    return chosen;
  });
  for (const answer of answers) {
    if (answer.ok) continue;
    cli.screen.warn(`${answer.site.name}: ${answer.failure.message}`);
    cli.foundProblem();
  }
  const touched = answers.flatMap((answer) => (answer.ok ? answer.value : []));
  cli.screen.json({ verb, count: touched.length, ids: touched });
  const missing = ids.filter((id) => !touched.includes(id));
  if (missing.length > 0) throw notThere(missing);
  cli.screen.say(
    `${countOf(touched.length, 'message')} ${verb === 'release' ? 'released' : 'deleted'}.`,
  );
}

/** All of them at one site. */
async function kept(
  client: OperatorClient,
  { recipient, sender }: WhichOptions,
): Promise<readonly QueueRow[]> {
  const rows: QueueRow[] = [];
  let after: string | undefined;
  do {
    const page = await client.queueList({
      held: true,
      limit: pageRowsMax,
      ...(recipient === undefined ? {} : { recipient }),
      ...(sender === undefined ? {} : { sender }),
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...page.rows.filter(isKept));
    after = page.next;
  } while (after !== undefined);
  return rows;
}

function isKept({ state, heldBecause }: QueueRow): boolean {
  return state === 'held' && heldBecause?.startsWith(mark) === true;
}

function withWhom(command: Command): Command {
  return command
    .option('--recipient <address>', 'for this address')
    .option('--sender <address>', 'from this address');
}

async function confirm(cli: Cli): Promise<void> {
  if (cli.surroundings.stdin.isTTY !== true || cli.screen.isJson)
    throw new CliError('WRONG_USE', 'Deleting is for good. Say --yes when you mean it.');
  if (!(await askYesOrNo('Delete it for good? Nobody is told.')))
    throw new CliError('WRONG_USE', 'Nothing was deleted.');
}

function notThere(ids: readonly string[]): CliError {
  return new CliError('FOUND_A_PROBLEM', `Not in quarantine: ${ids.join(', ')}.`);
}
