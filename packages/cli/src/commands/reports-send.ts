// The DMARC reports of ours whose day is over: sent now, instead of within the hour.
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { isOutOfReach } from './is-out-of-reach.ts';

export function sendReportsCommand(cli: Cli): Command {
  return new Command('send')
    .description('send the DMARC reports that are due now ([reports] sends_dmarc_reports)')
    .action(async () => {
      const answers = await cli.askAll(await cli.sites(), async ({ reports }) => reports.sendDue());
      for (const answer of answers) {
        if (answer.ok) continue;
        cli.screen.warn(`${answer.site.name}: ${answer.failure.message}`);
        if (!isOutOfReach(answer.failure)) cli.foundProblem();
      }
      const rows = answers.flatMap((answer) =>
        answer.ok ? answer.value.map((row) => ({ ...row, site: answer.site.name })) : [],
      );
      cli.screen.json(rows);
      if (rows.length === 0) return cli.screen.say('No report is due.');
      cli.screen.table({
        columns: ['day', 'about', 'sent', 'site', ''].map((title) => ({ title })),
        rows: rows.map(({ day, domain, outcome, site, problem = '' }) => [
          day,
          domain,
          { sent: 'yes', nobody: 'nobody may have it', later: 'later' }[outcome],
          site,
          problem,
        ]),
      });
    });
}
