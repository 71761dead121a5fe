// Runs one node in this process until a signal asks it to stop. Its pid stands in the site's directory while it runs, so
// that others can find it; its log is standard error.
import { mkdir, readFile, unlink } from 'node:fs/promises';
import {
  createLogger,
  keepHeapSmall,
  returnFreeMemory,
  terminationSignal,
  writeFileDurably,
} from '@restante/runtime';
import type { LogLevel } from '@restante/runtime';
import { Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { siteFilesIn } from '../quickstart/layout.ts';
import { livePid } from '../quickstart/processes.ts';
import { nodeMark } from '../quickstart/start-node.ts';

export function siteRunCommand(cli: Cli): Command {
  return new Command('run')
    .description('run a node here, until Ctrl-C (needs --site)')
    .addOption(
      new Option('--log-level <level>', 'how much the log tells')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .action(async ({ logLevel }: { readonly logLevel: LogLevel }) => {
      using small = keepHeapSmall();
      const { runSite } = await import('@restante/site');
      const [config, site] = [await cli.cluster(), await cli.oneSite()];
      const stop = terminationSignal();
      await using pidFile = await leavePid(site.dir, site.name);
      await using node = await runSite({
        config,
        site: site.name,
        logger: createLogger({ level: logLevel }).with({ site: site.name }),
        environment: cli.surroundings.environment,
      });
      returnFreeMemory();
      void [node, pidFile, small];
      await stop;
    });
}

async function leavePid(siteDir: string, name: string): Promise<AsyncDisposable> {
  const { pid } = siteFilesIn(siteDir);
  const own = `${process.pid}\n`;
  const other = await livePid(pid, nodeMark);
  if (other !== undefined && other !== process.pid)
    throw new CliError('FOUND_A_PROBLEM', `The node of ${name} already runs (pid ${other}).`);
  await mkdir(siteDir, { recursive: true });
  await writeFileDurably(pid, own, { mode: 0o644 });
  return {
    [Symbol.asyncDispose]: async () => {
      // Another node may have taken our place; its file stays.
      if ((await readFile(pid, 'utf8').catch(() => '')) === own)
        await unlink(pid).catch(() => undefined);
    },
  };
}
