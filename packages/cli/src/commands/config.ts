// The cluster file: is it right, what holds, what could stand in it. Starts nothing and changes nothing.
import { ConfigError, effectiveValues, formatValues } from '@restante/config';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { countOf } from '../output/words.ts';
import { exampleClusterFile } from '../site-parts.ts';

export function configCommand(cli: Cli): Command {
  return new Command('config')
    .description('the cluster file')
    .addCommand(checkCommand(cli))
    .addCommand(printCommand(cli))
    .addCommand(exampleCommand(cli));
}

function checkCommand(cli: Cli): Command {
  return new Command('check')
    .description('every problem at once, with line and remedy')
    .action(async () => {
      try {
        const { file, topology } = await cli.cluster();
        cli.screen.json({ file, ok: true, problems: [] });
        cli.screen.say(
          `${file}: fine. ${countOf(topology.sites.length, 'site')}, ${countOf(topology.domains.length, 'domain')}.`,
        );
      } catch (failure) {
        // A border of its own: with --json the problems are the answer.
        if (!(failure instanceof ConfigError) || failure.code !== 'CLUSTER_FILE_WRONG')
          throw failure;
        cli.screen.json({ file: failure.file, ok: false, problems: failure.problems });
        if (!cli.screen.isJson) throw failure;
        cli.foundProblem();
      }
    });
}

function printCommand(cli: Cli): Command {
  return new Command('print')
    .description('every setting as it holds, and where it came from')
    .argument('[table]', 'only this one, for example retry or site[us]')
    .action(async (under: string | undefined) => {
      const { sources } = await cli.cluster();
      const values = effectiveValues({ values: sources }, under === undefined ? {} : { under });
      if (values.length === 0)
        throw new CliError('WRONG_USE', `There is no table ${JSON.stringify(under)}.`);
      cli.screen.json(values);
      if (!cli.screen.isJson) cli.screen.raw(formatValues(values));
    });
}

function exampleCommand(cli: Cli): Command {
  return new Command('example')
    .description('a file to start from, with every setting explained')
    .action(async () => cli.screen.raw(await exampleClusterFile()));
}
