// From words on a command line to an exit code. The table of commands, and the border where failures are translated.
import { Command, Option } from 'commander';
import { createCli } from './cli.ts';
import type { GlobalOptions } from './cli.ts';
import { drillCommand } from './commands/drill.ts';
import { commands } from './commands/index.ts';
import { createScreen } from './output/screen.ts';
import type { Surroundings } from './surroundings.ts';
import { toExitCode } from './to-exit-code.ts';
import type { ExitCode } from './to-exit-code.ts';
import { version } from './version.ts';

export async function runCli(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<ExitCode> {
  const program = new Command('restante');
  const options = () => program.opts<GlobalOptions>();
  const screen = createScreen(surroundings, () => options().json === true);
  const cli = createCli(surroundings, screen, options);

  program
    .description('The mail cluster where mail waits safely until its home is back.')
    .version(version)
    .option('--json', 'say it as JSON')
    .option('--site <name>', 'this site only')
    .option('--config <path>', 'the cluster file')
    .addOption(
      new Option('--dir <path>', "a quickstart's directory: its restante.toml is the cluster file"),
    )
    .addHelpText('after', '\nExit codes: 0 fine, 1 found a problem, 2 wrong use, 3 unreachable.');
  for (const command of commands) program.addCommand(command(cli));
  program.addCommand(drillCommand(cli), { hidden: true });
  prepare(program, surroundings);

  try {
    await program.parseAsync([...words], { from: 'user' });
    return cli.hasProblem ? 1 : 0;
  } catch (failure) {
    const { exitCode, sentence } = toExitCode(failure);
    if (sentence !== undefined) screen.warn(`restante: ${sentence}`);
    return exitCode;
  }
}

/** commander neither ends our process nor writes around our streams. */
function prepare(command: Command, surroundings: Surroundings): void {
  command.exitOverride().showHelpAfterError('(--help shows how it is used)');
  command.configureOutput({
    writeOut: (text) => surroundings.stdout.write(text),
    writeErr: (text) => surroundings.stderr.write(text),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  for (const inner of command.commands) prepare(inner, surroundings);
}
