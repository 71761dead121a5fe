// Both sites of a demo cluster on this machine; what `npm start` runs.
import { once } from 'node:events';
import { join } from 'node:path';
import { terminationSignal } from '@restante/runtime';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { defaultBasePort } from '../quickstart/layout.ts';
import { repositoryRoot } from '../quickstart/running.ts';
import { welcomeScreen } from '../quickstart/welcome.ts';

interface QuickstartOptions {
  readonly basePort: string;
  readonly quiet?: boolean;
}

export function quickstartCommand(cli: Cli): Command {
  return new Command('quickstart')
    .description('two sites, their Redis and a DNS on this machine, until Ctrl-C (--dir: where)')
    .option('--base-port <port>', 'first of the ports; 0: any free ones', String(defaultBasePort))
    .option('--quiet', 'only the line "ready", when it is')
    .action(async (options: QuickstartOptions) => quickstart(cli, options));
}

async function quickstart(cli: Cli, options: QuickstartOptions): Promise<void> {
  const basePort = Number(options.basePort);
  if (!Number.isInteger(basePort) || basePort < 0 || basePort > 65_000)
    throw new CliError('WRONG_USE', '--base-port is a number from 0 to 65000.');
  const { surroundings, screen } = cli;
  const dir = cli.options.dir ?? join(repositoryRoot, '.restante');
  const isQuiet = options.quiet === true;
  const stop = new AbortController();
  void stopWhenTold(stop);

  try {
    // Only here: it knows the whole product, and other commands should start at once.
    const { runQuickstart } = await import('../quickstart/run-quickstart.ts');
    await runQuickstart(cli.forDirectory(dir), {
      dir,
      basePort,
      signal: stop.signal,
      onStep: (sentence) => {
        if (!isQuiet) screen.warn(`  starting ${sentence} ...`);
      },
      onReady: (endpoints) => {
        if (!isQuiet) {
          surroundings.stdout.write(
            welcomeScreen({
              endpoints,
              dir,
              directory: surroundings.directory,
              root: repositoryRoot,
              colours: screen.colours,
            }),
          );
        }
        surroundings.stdout.write('ready\n');
      },
    });
  } catch (failure) {
    // Ctrl-C while starting is a way to end, not a failure.
    if (!stop.signal.aborted) throw failure;
  }
}

async function stopWhenTold(stop: AbortController): Promise<void> {
  // A closed terminal ends it, too; its children would live on.
  await Promise.race([terminationSignal(), once(process, 'SIGHUP')]);
  stop.abort();
}
