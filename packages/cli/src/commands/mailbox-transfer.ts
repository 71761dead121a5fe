// Imports and exports: the site works, the command watches. Leaving it (Ctrl-C) stops nothing; the same command again joins in, or
// goes on where it was.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SiteConfig } from '@restante/config';
import type { MailboxOperations, TransferJob } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { createProgress } from '../output/progress.ts';
import { countOf, size } from '../output/words.ts';
import { remotePassword, withPassword } from './account-password.ts';
import type { PasswordOptions } from './account-password.ts';
import { homeOfAddress } from './home-of.ts';

interface ImportOptions extends PasswordOptions {
  readonly from: string;
  readonly dryRun?: boolean;
  readonly ca?: string;
}

const lookEveryMs = 300;

export function mailboxImportCommand(cli: Cli): Command {
  const command = new Command('import')
    .description('bring mail along; what is there already is not brought again')
    .argument('<address>')
    .requiredOption(
      '--from <place>',
      "maildir:PATH or mbox:PATH on the site's machine, imaps://user@host or imap://user@host",
    )
    .option('--ca <file>', "PEM of the other server's authority, when the world does not know it")
    .option('--dry-run', 'only count');
  return withPassword(command).action(async (text: string, options: ImportOptions) => {
    const { address, site } = await homeOfAddress(cli, text);
    const from = placeFrom(cli, options.from);
    const password = /^imaps?:/i.test(from) ? await remotePassword(cli, from, options) : undefined;
    const trusted = options.ca === undefined ? undefined : await readAuthority(options.ca);
    const isDryRun = options.dryRun === true;
    const job = await run(cli, site, async (mailboxes) =>
      mailboxes.startImport(address, {
        from,
        isDryRun,
        ...(password === undefined ? {} : { password }),
        ...(trusted === undefined ? {} : { trusted }),
      }),
    );
    showEnd(cli, job, isDryRun ? 'would be brought' : 'brought');
  });
}

export function mailboxExportCommand(cli: Cli): Command {
  return new Command('export')
    .description('take a copy of all mail away; the mailbox stays as it is')
    .argument('<address>')
    .requiredOption('--to <place>', "maildir:PATH or mbox:PATH on the site's machine")
    .action(async (text: string, options: { readonly to: string }) => {
      const { address, site } = await homeOfAddress(cli, text);
      const to = placeFrom(cli, options.to);
      const job = await run(cli, site, async (mailboxes) => mailboxes.startExport(address, { to }));
      showEnd(cli, job, 'written');
    });
}

async function readAuthority(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CliError('WRONG_USE', `Cannot read ${path}.`, { cause });
  });
}

/** Paths begin where the person is, not where the site was started. */
function placeFrom(cli: Cli, text: string): string {
  const file = /^(maildir|mbox):(.+)$/.exec(text);
  return file?.[2] === undefined
    ? text
    : `${file[1]}:${resolve(cli.surroundings.directory, file[2])}`;
}

async function run(
  cli: Cli,
  site: SiteConfig,
  start: (mailboxes: MailboxOperations) => Promise<TransferJob>,
): Promise<TransferJob> {
  return cli.ask(site, async ({ mailboxes }) => {
    using progress = createProgress(cli.surroundings);
    let job = await start(mailboxes);
    while (job.state === 'running') {
      progress.show(sentenceOf(job));
      await pause(lookEveryMs);
      job = await mailboxes.job(job.id);
    }
    return job;
  });
}

function sentenceOf({ report }: TransferJob): string {
  const { folder, foldersDone, foldersTotal, imported, alreadyThere, sizeBytes } = report;
  const where = `folder ${Math.min(foldersDone + 1, foldersTotal)} of ${foldersTotal} (${folder})`;
  const there = alreadyThere === 0 ? '' : `, ${alreadyThere} there already`;
  return `${where}: ${countOf(imported, 'message')}, ${size(sizeBytes)}${there}`;
}

function showEnd(cli: Cli, job: TransferJob, verb: string): void {
  const { report, problem } = job;
  cli.screen.json(job);
  for (const { folder, where, problem: why } of report.problems)
    cli.screen.say(`! ${[folder, where].filter((each) => each !== '').join(', ')}: ${why}`);
  const hidden = report.failed - report.problems.length;
  if (hidden > 0) cli.screen.say(`! and ${hidden} more`);
  cli.screen.say(
    `${countOf(report.imported, 'message')} (${size(report.sizeBytes)}) ${verb}, ` +
      `${report.alreadyThere} there already, ${report.failed} failed.`,
  );
  if (job.state === 'failed') {
    const hint = job.isWorthRepeating === true ? ' Begin again later: nothing is repeated.' : '';
    throw new CliError('FOUND_A_PROBLEM', `${problem ?? 'It failed.'}${hint}`);
  }
  if (report.endedEarly === 'over-quota')
    cli.screen.say('The mailbox is full. Give it more room and begin again: nothing is repeated.');
  if (report.endedEarly === 'cancelled') cli.screen.say('It was called off.');
  if (report.failed > 0 || report.endedEarly !== undefined) cli.foundProblem();
}
