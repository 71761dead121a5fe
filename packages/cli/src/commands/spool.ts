// The spool on this machine's disk, without the node: is it whole, what is in it, take everything out, make a new timetable.
// All but rebuild-queue only read; beside a running node they are harmless and say that what they saw may be gone.
import { join } from 'node:path';
import type { SiteConfig } from '@restante/config';
import { catMessage, checkSpool, exportSpool } from '@restante/spool';
import type { CheckStep } from '@restante/spool';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { printable, printableLine } from '../output/printable.ts';
import { createProgress } from '../output/progress.ts';
import { countOf, size } from '../output/words.ts';
import { rebuildQueueCommand } from './spool-rebuild-queue.ts';

export function spoolCommand(cli: Cli): Command {
  return new Command('spool')
    .description("the spool on this machine's disk; works with the node stopped")
    .addCommand(checkCommand(cli))
    .addCommand(catCommand(cli))
    .addCommand(exportCommand(cli))
    .addCommand(rebuildQueueCommand(cli));
}

export function spoolDirOf(site: SiteConfig): string {
  return join(site.dir, 'spool');
}

function checkCommand(cli: Cli): Command {
  return new Command('check')
    .description('read every byte and say what is wrong; changes nothing')
    .action(async () => {
      const site = await cli.oneSite();
      const problems: { readonly where: string; readonly problem: string }[] = [];
      let summary: Extract<CheckStep, { kind: 'summary' }> | undefined;
      using progress = createProgress(cli.surroundings);
      for await (const step of checkSpool(spoolDirOf(site))) {
        if (step.kind === 'segment') {
          progress.show(`segment ${step.segment}`);
          for (const problem of step.problems) problems.push({ where: step.segment, problem });
        }
        if (step.kind === 'progress') progress.show(`${step.checked} of ${step.messages} messages`);
        if (step.kind === 'problem') problems.push({ where: step.id, problem: step.problem });
        if (step.kind === 'summary') summary = step;
      }
      progress[Symbol.dispose]();
      report(cli, site, { problems, summary });
    });
}

interface Checked {
  readonly problems: readonly { readonly where: string; readonly problem: string }[];
  readonly summary: Extract<CheckStep, { kind: 'summary' }> | undefined;
}

function report(cli: Cli, site: SiteConfig, { problems, summary }: Checked): void {
  const { screen } = cli;
  screen.json({ site: site.name, problems, summary });
  if (problems.length > 0) {
    screen.table({
      columns: [{ title: 'where' }, { title: 'what is wrong' }],
      rows: problems.map(({ where, problem }) => [where, problem]),
    });
    screen.say();
  }
  if (!summary) return;
  const { messages, held, sizeBytes, segments, setAside, isLive } = summary;
  const found =
    problems.length === 0
      ? screen.colours.good('whole')
      : screen.colours.bad(countOf(problems.length, 'problem'));
  screen.say(
    `${site.name}: ${found}. ${countOf(messages, 'message')} (${held} held back, ${size(sizeBytes)}) in ${countOf(segments, 'segment')}.`,
  );
  if (setAside > 0)
    screen.say(
      `${countOf(setAside, 'file')} set aside earlier in ${join(spoolDirOf(site), 'corrupt')}.`,
    );
  if (isLive)
    screen.say(
      'The node runs: what it finished during the check may look like a problem. Stop it to be sure.',
    );
  if (problems.length > 0) cli.foundProblem();
}

function catCommand(cli: Cli): Command {
  return new Command('cat')
    .description('the bytes of one message, as they would be sent on; --json: its envelope')
    .argument('<id>', 'as in queue list')
    .action(async (id: string) => {
      const site = await cli.oneSite();
      const found = await catMessage(spoolDirOf(site), id);
      if (!found)
        throw new CliError(
          'FOUND_A_PROBLEM',
          `No message ${JSON.stringify(id)} is in the spool of ${site.name}.`,
        );
      const { message, body } = found;
      const { screen, surroundings } = cli;
      if (screen.isJson) {
        screen.json({ ...message, outcomes: [...message.outcomes.values()] });
        return;
      }
      // In a pipe every byte as it is; on a terminal a stranger's bytes must not be obeyed.
      const write = (piece: Buffer) =>
        surroundings.stdout.write(
          screen.isTty ? printable(piece.toString('utf8').replaceAll('\r\n', '\n')) : piece,
        );
      if (body.kind === 'bytes') write(body.bytes);
      else for await (const piece of body.open()) write(piece);
    });
}

function exportCommand(cli: Cli): Command {
  return new Command('export')
    .description('write every message as <id>.eml and <id>.json')
    .argument('<directory>', 'made when it is not there; nothing in it is overwritten')
    .action(async (directory: string) => {
      const site = await cli.oneSite();
      const problems: { readonly id: string; readonly problem: string }[] = [];
      let count = 0;
      using progress = createProgress(cli.surroundings);
      for await (const { id, done, messages, problem } of exportSpool(
        spoolDirOf(site),
        directory,
      )) {
        progress.show(`${done} of ${messages} messages`);
        if (problem === undefined) count += 1;
        else problems.push({ id, problem });
      }
      progress[Symbol.dispose]();
      cli.screen.json({ site: site.name, exported: count, directory, problems });
      for (const { id, problem } of problems) cli.screen.warn(`${id}: ${printableLine(problem)}`);
      cli.screen.say(
        `${countOf(count, 'message')} written to ${directory}${problems.length > 0 ? `, ${problems.length} could not be` : ''}.`,
      );
      if (problems.length > 0) cli.foundProblem();
    });
}
