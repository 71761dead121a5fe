// Many people at once, from a CSV or a Dovecot passwd-file. The whole file is checked before anything is sent; running it
// again changes nothing.
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import type { SiteConfig } from '@restante/config';
import { domainOf } from '@restante/mail-model';
import { type ImportedRow, importRowsMax, type ImportRow } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { createProgress } from '../output/progress.ts';
import { countOf } from '../output/words.ts';
import { readAccountCsv } from './account-csv.ts';
import type { AccountLine } from './account-lines.ts';
import { readPasswdFile } from './account-passwd-file.ts';
import { homeOfDomain } from './home-of.ts';

interface ImportOptions {
  readonly format?: string;
  readonly domain?: string;
  readonly scheme?: string;
  readonly update?: boolean;
  readonly dryRun?: boolean;
}

interface Problem {
  readonly line: number;
  readonly problem: string;
}

type Placed = AccountLine & { readonly row: ImportRow; readonly site: SiteConfig };

interface Done {
  readonly line: number;
  readonly answer: ImportedRow;
}

export function importCommand(cli: Cli): Command {
  return new Command('import')
    .description('many people at once, with their passwords or hashes')
    .argument('<file>', 'CSV with a header line, or a Dovecot passwd-file; "-" is standard input')
    .option('--format <format>', 'csv or passwd; without it the first line decides')
    .option('--domain <domain>', 'for names without one (passwd)')
    .option('--scheme <scheme>', 'of passwords that name none (passwd); CRYPT without it')
    .option('--update', 'people who are here already get what the file says; without it they stay')
    .option('--dry-run', 'only say what would happen')
    .action(async (file: string, options: ImportOptions) => {
      const lines = readLines(await contentOf(cli, file), options);
      const { placed, problems } = await place(cli, lines);
      if (problems.length > 0) {
        showProblems(cli, problems);
        throw new CliError(
          'FOUND_A_PROBLEM',
          `${countOf(problems.length, 'line')} of ${file} cannot be imported; nothing was changed.`,
        );
      }
      report(cli, await send(cli, placed, options), options);
    });
}

async function contentOf(cli: Cli, file: string): Promise<string> {
  if (file === '-') return readAll(cli.surroundings.stdin);
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError('WRONG_USE', `Cannot read ${file}.`, { cause });
  });
}

function readLines(content: string, { format, domain, scheme }: ImportOptions) {
  const first = content.split('\n', 1)[0] ?? '';
  const isCsv = format === undefined ? /(^|,)\W*address\W*(,|$)/i.test(first) : format === 'csv';
  if (format !== undefined && format !== 'csv' && format !== 'passwd')
    throw new CliError('WRONG_USE', 'The formats are csv and passwd.');
  if (isCsv) return readAccountCsv(content);
  return readPasswdFile(content, {
    ...(domain !== undefined && { domain }),
    ...(scheme !== undefined && { scheme }),
  });
}

/** Every line to the home of its domain, and all that is wrong with the file. */
async function place(cli: Cli, lines: readonly AccountLine[]) {
  const homes = new Map<string, SiteConfig | string>();
  const firstLines = new Map<string, number>();
  const placed: Placed[] = [];
  const problems: Problem[] = [];
  for (const each of lines) {
    if ('problem' in each) {
      problems.push(each);
      continue;
    }
    const { line, row } = each;
    const domain = domainOf(row.address);
    const home = homes.get(domain) ?? (await homeOrProblem(cli, domain));
    homes.set(domain, home);
    const name = row.address.toLowerCase();
    const before = firstLines.get(name);
    firstLines.set(name, before ?? line);
    if (typeof home === 'string') problems.push({ line, problem: home });
    else if (before !== undefined)
      problems.push({ line, problem: `${row.address} stands in line ${before} already.` });
    else placed.push({ line, row, site: home });
  }
  return { placed, problems };
}

async function homeOrProblem(cli: Cli, domain: string): Promise<SiteConfig | string> {
  try {
    return await homeOfDomain(cli, domain);
  } catch (failure) {
    // A line of the file, not a wrong use of the command: said with its number.
    if (failure instanceof CliError && failure.code === 'WRONG_USE') return failure.message;
    throw failure;
  }
}

async function send(
  cli: Cli,
  placed: readonly Placed[],
  { update = false, dryRun = false }: ImportOptions,
): Promise<readonly Done[]> {
  using progress = createProgress(cli.surroundings);
  const done: Done[] = [];
  for (const [site, lines] of Map.groupBy(placed, (each) => each.site)) {
    for (let at = 0; at < lines.length; at += importRowsMax) {
      const batch = lines.slice(at, at + importRowsMax);
      const answers = await cli.ask(site, async (client) =>
        client.accounts.import({
          rows: batch.map(({ row }) => row),
          ifThere: update ? 'update' : 'keep',
          isDryRun: dryRun,
        }),
      );
      for (const [index, answer] of answers.entries())
        done.push({ line: batch[index]?.line ?? 0, answer });
      progress.show(`${done.length} of ${placed.length} people`);
    }
  }
  return done;
}

function report(cli: Cli, done: readonly Done[], { dryRun = false }: ImportOptions): void {
  const problems = done.flatMap(({ line, answer }) =>
    answer.kind === 'refused'
      ? [{ line, problem: `${answer.address}: ${answer.problem ?? 'refused'}` }]
      : [],
  );
  showProblems(cli, problems);
  if (problems.length > 0) cli.foundProblem();
  const counts = { added: 0, updated: 0, unchanged: 0, refused: 0 };
  for (const { answer } of done) counts[answer.kind] += 1;
  cli.screen.json({ ...counts, isDryRun: dryRun, problems });
  const would = dryRun ? 'Would be: ' : '';
  cli.screen.say(
    `${would}${counts.added} added, ${counts.updated} updated, ${counts.unchanged} unchanged, ${counts.refused} refused.`,
  );
}

function showProblems(cli: Cli, problems: readonly Problem[]): void {
  for (const { line, problem } of problems.toSorted((a, b) => a.line - b.line))
    cli.screen.warn(`line ${line}: ${problem}`);
}
