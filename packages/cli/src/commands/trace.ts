// The story of one message through the whole cluster, step by step.
import type { TimelineStep } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';

export function traceCommand(cli: Cli): Command {
  return new Command('trace')
    .description("a message's story, step by step, at every site")
    .argument('<message>', 'its id, as in queue list or in a 250 reply')
    .action(async (message: string) => trace(cli, message));
}

async function trace(cli: Cli, message: string): Promise<void> {
  const answers = await cli.askAll(await cli.sites(), async (client) => client.trace(message));
  const steps = distinct(answers.flatMap((answer) => (answer.ok ? answer.value : []))).toSorted(
    (one, other) => one.atMs - other.atMs,
  );
  for (const answer of answers) {
    if (answer.ok) continue;
    cli.screen.warn(`${answer.site.name} does not answer; its part of the story is missing.`);
    cli.foundProblem();
  }
  if (steps.length === 0)
    throw new CliError('FOUND_A_PROBLEM', `Nobody remembers a message ${JSON.stringify(message)}.`);
  cli.screen.json(steps);
  cli.screen.table({
    columns: [{ title: 'time' }, { title: 'site' }, { title: 'what' }, { title: '' }],
    rows: steps.map((step) => [
      new Date(step.atMs).toISOString().replace('T', ' '),
      step.site,
      step.what,
      step.detail,
    ]),
  });
}

/** A site may tell its peer's part, too. */
function distinct(steps: readonly TimelineStep[]): readonly TimelineStep[] {
  return [
    ...new Map(
      steps.map((step) => [JSON.stringify([step.atMs, step.site, step.what, step.detail]), step]),
    ).values(),
  ];
}
