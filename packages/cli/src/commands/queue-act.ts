// Acting on what waits: retry now, hold back, let go, delete. The same selection as queue list; deleting asks first.
import type { OperatorClient, QueueSelection, Touched } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { askYesOrNo } from '../output/ask-person.ts';
import { countOf } from '../output/words.ts';
import { selectionFrom, withFilters } from './queue-selection.ts';
import type { FilterOptions } from './queue-selection.ts';

type Act = (client: OperatorClient, selection: QueueSelection) => Promise<Touched>;

export function queueRetryCommand(cli: Cli): Command {
  return selecting('retry', 'try now instead of later')
    .option('--all', 'everything that waits')
    .action(async (ids: string[], options: FilterOptions) =>
      act(cli, 'due now', selectionFrom(ids, options), async (client, selection) =>
        client.queueRetry(selection),
      ),
    );
}

export function queueHoldCommand(cli: Cli): Command {
  return selecting('hold', 'keep back until released')
    .option('--all', 'everything that waits')
    .option('--reason <sentence>', 'for whoever finds it', 'Held by the operator.')
    .action(async (ids: string[], options: FilterOptions & { readonly reason: string }) =>
      act(cli, 'held', selectionFrom(ids, options), async (client, selection) =>
        client.queueHold(selection, options.reason),
      ),
    );
}

export function queueReleaseCommand(cli: Cli): Command {
  return selecting('release', 'let go what was held')
    .option('--all', 'everything that is held')
    .action(async (ids: string[], options: FilterOptions) =>
      act(cli, 'released', selectionFrom(ids, options), async (client, selection) =>
        client.queueRelease(selection),
      ),
    );
}

export function queueDeleteCommand(cli: Cli): Command {
  return selecting('delete', 'delete for good; nobody is told')
    .option('--yes', 'do not ask')
    .action(async (ids: string[], options: FilterOptions & { readonly yes?: boolean }) => {
      const selection = selectionFrom(ids, options);
      if (options.yes !== true) await confirm(cli, selection);
      const by = cli.surroundings.environment['USER'] ?? 'operator';
      await act(cli, 'deleted', selection, async (client, which) =>
        client.queueDelete(which, by === '' ? 'operator' : by),
      );
    });
}

function selecting(name: string, description: string): Command {
  return withFilters(
    new Command(name).description(description).argument('[ids...]', 'as in queue list'),
  );
}

async function act(cli: Cli, done: string, selection: QueueSelection, how: Act): Promise<void> {
  const answers = await cli.askAll(await cli.sites(), async (client) => how(client, selection));
  let touched = 0;
  for (const answer of answers) {
    if (answer.ok) {
      touched += answer.value.count;
      if (answer.value.count > 0 || answers.length === 1)
        cli.screen.say(`${answer.site.name}: ${countOf(answer.value.count, 'message')} ${done}.`);
    } else {
      cli.screen.warn(`${answer.site.name}: ${answer.failure.message}`);
      cli.foundProblem();
    }
  }
  if (touched === 0 && answers.length > 1) cli.screen.say('Nothing matches.');
  // An id that is nowhere was mistyped or is gone; a script should hear of it.
  if (touched === 0 && selection.ids) cli.foundProblem();
  cli.screen.json({
    count: touched,
    sites: answers.map((answer) =>
      answer.ok
        ? { site: answer.site.name, ...answer.value }
        : { site: answer.site.name, unreachable: answer.failure.message },
    ),
  });
}

async function confirm(cli: Cli, selection: QueueSelection): Promise<void> {
  if (cli.surroundings.stdin.isTTY !== true || cli.screen.isJson) {
    throw new CliError('WRONG_USE', 'Deleting is for good. Say --yes when you mean it.');
  }
  let which = countOf(selection.ids?.length ?? 0, 'message');
  if (selection.filter) {
    const { filter } = selection;
    const answers = await cli.askAll(await cli.sites(), async (client) =>
      client.queueList({ ...filter, limit: 1 }),
    );
    const total = answers.reduce((sum, answer) => sum + (answer.ok ? answer.value.total : 0), 0);
    which = countOf(total, 'message');
  }
  if (!(await askYesOrNo(`Delete ${which} for good? Nobody is told.`)))
    throw new CliError('WRONG_USE', 'Nothing was deleted.');
}
