// Rows that every home keeps for itself (accounts, aliases), each with its site: of one domain's home, or of all of them.
import type { OperatorClient } from '@restante/site-api';
import type { Cli } from '../cli.ts';
import { homeOfDomain } from './home-of.ts';

/** A site that is nobody's home is no problem; one that does not answer is said and makes the exit code 1. */
export async function listAtHomes<Row extends object>(
  cli: Cli,
  domain: string | undefined,
  ask: (client: OperatorClient) => Promise<readonly Row[]>,
): Promise<readonly (Row & { readonly site: string })[]> {
  const sites = domain === undefined ? await cli.sites() : [await homeOfDomain(cli, domain)];
  const answers = await cli.askAll(sites, ask);
  for (const answer of answers) {
    if (answer.ok || answer.failure.code === 'NO_ACCOUNTS_HERE') continue;
    cli.screen.warn(`${answer.site.name}: ${answer.failure.message}`);
    cli.foundProblem();
  }
  return answers.flatMap((answer) =>
    answer.ok ? answer.value.map((row) => ({ site: answer.site.name, ...row })) : [],
  );
}
