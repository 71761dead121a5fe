// Drills: something is broken on purpose, and then counted. They run as services of docker-compose.yml, which mounts what
// they need; nobody else has a use for them, so --help keeps quiet about them.
import { join } from 'node:path';
import { systemClock, terminationSignal } from '@restante/runtime';
import { createOperatorClient, readOperatorToken } from '@restante/site-api';
import type { OperatorClient } from '@restante/site-api';
import type { SiteConfig } from '@restante/config';
import { splitHostPort } from '@restante/config';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { choosePlace } from '../drill/choose-place.ts';
import { findComposeHome } from '../drill/compose-home.ts';
import { drillPrimaryDown, seconds } from '../drill/primary-down.ts';
import type { DrillReport } from '../drill/primary-down.ts';
import { until } from '../drill/until.ts';
import { complaints } from '../drill/verdict.ts';
import { CliError } from '../errors.ts';

interface PrimaryDownOptions {
  readonly home?: string;
  readonly count: string;
  readonly sites: string;
  readonly engine: string;
}

export function drillCommand(cli: Cli): Command {
  return new Command('drill').description('break something on purpose, then count').addCommand(
    new Command('primary-down')
      .description('a home goes away in the middle of its mail and comes back')
      .option('--home <site>', 'which one; without it the first that has a backup')
      .option('--count <number>', 'how many messages, at least', '200')
      .option('--sites <directory>', "where the sites' directories are mounted", '/sites')
      .option('--engine <path>', "the container engine's socket", '/var/run/docker.sock')
      .action(async (options: PrimaryDownOptions) => primaryDown(cli, options)),
  );
}

async function primaryDown(cli: Cli, options: PrimaryDownOptions): Promise<void> {
  const count = Number(options.count);
  if (!Number.isInteger(count) || count < 8 || count > 100_000)
    throw new CliError('WRONG_USE', '--count is a number from 8 to 100000.');
  const { topology } = await cli.cluster();
  const place = choosePlace(topology, options.home);
  const stop = new AbortController();
  void terminationSignal().then((name) =>
    stop.abort(new CliError('FOUND_A_PROBLEM', `Ended by ${name} before the count.`)),
  );
  const startedMs = systemClock.monotonicMs();
  const dirOf = (site: SiteConfig) => join(options.sites, site.name);

  await using power = await findComposeHome(options.engine, place.home.name);
  await using home = await clientOf(place.home, dirOf(place.home), stop.signal);
  await using backup = await clientOf(place.backup, dirOf(place.backup), stop.signal);
  const report = await drillPrimaryDown({
    topology,
    place,
    count,
    homeDir: dirOf(place.home),
    power,
    home,
    backup,
    signal: stop.signal,
    say: (sentence) =>
      cli.screen.say(`${seconds(systemClock.monotonicMs() - startedMs).padStart(8)}  ${sentence}`),
  });
  tell(cli, report);
}

function tell({ screen, foundProblem }: Cli, report: DrillReport): void {
  const { sent, found, missing, twice, changed, refused, repeated, takenBy } = report;
  const { colours } = screen;
  const rows: readonly (readonly [string, number])[] = [
    ['sent', sent],
    ...Object.entries(takenBy).map(([host, taken]) => [`taken by ${host}`, taken] as const),
    ['in the mailbox', found],
    ['missing', missing.length],
    ['twice', twice.length],
    ['changed', changed.length],
    ['refused', refused.length],
  ];
  screen.json(report);
  screen.say();
  screen.table({
    columns: [{ title: 'messages' }, { title: 'number', align: 'right' }],
    rows: rows.map(([what, number]) => [what, String(number)]),
  });
  screen.say();
  if (repeated.length > 0)
    screen.say(
      `${repeated.length} had no reply when ${report.home} was killed and were sent again, as every mail server does.`,
    );
  screen.say(`Unknown people were answered: ${report.unknownRecipient}`);
  const { homeAgainMs } = report;
  const then =
    homeAgainMs === undefined ? '' : `; all was home ${seconds(homeAgainMs)} after its start`;
  screen.say(`${report.home} was away ${seconds(report.awayMs)}${then}.`);
  for (const complaint of complaints(report)) screen.warn(complaint);
  if (!report.unknownRecipient.startsWith('550 '))
    screen.warn('Somebody who does not exist was not refused with 550.');
  if (report.isGood) return screen.say(colours.good('Nothing lost, nothing twice.'));
  screen.say(colours.bad('This is not as it should be.'));
  return foundProblem();
}

async function clientOf(
  site: SiteConfig,
  dir: string,
  signal: AbortSignal,
): Promise<OperatorClient> {
  const what = `${site.name} has written its token to ${dir}`;
  const token = await until(async () => readOperatorToken(dir), {
    what,
    deadlineMs: 60_000,
    signal,
  });
  const port = splitHostPort(site.listen.http)?.port ?? 8025;
  return createOperatorClient({ baseUrl: `http://${site.hostname}:${port}`, token });
}
