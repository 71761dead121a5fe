// Looks for what will go wrong, reads only: what is seen from this machine (doctor-here.ts), and what the doctor of each site finds
// when it looks at itself as the world does. Exit code 1 when there is a problem.
import type { SiteConfig } from '@restante/config';
import { SiteApiError } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { siteNamed } from '../cli.ts';
import { lookHere } from './doctor-here.ts';
import { showFindings } from './doctor-show.ts';
import type { Seen } from './doctor-show.ts';

export function doctorCommand(cli: Cli): Command {
  return new Command('doctor')
    .description('look for what will go wrong: this machine, and what the world sees of the sites')
    .argument('[site...]', 'these sites; none: all')
    .option('--all', 'also what is fine')
    .option('--last', 'what the sites saw when they looked last, without looking again')
    .action(async (names: readonly string[], options: DoctorFlags) => {
      const all = await cli.sites();
      const sites = names.length === 0 ? all : names.map((name) => siteNamed(all, name));
      const [here, there] = await Promise.all([
        lookHere(cli, sites),
        Promise.all(sites.map(async (site) => lookThere(cli, site, options))),
      ]);
      const seen = [...here, ...there.flat()];
      showFindings(cli, seen, { isAll: options.all === true });
      if (seen.some(({ state }) => state === 'problem')) cli.foundProblem();
    });
}

interface DoctorFlags {
  readonly all?: boolean;
  readonly last?: boolean;
}

async function lookThere(
  cli: Cli,
  site: SiteConfig,
  { last = false }: DoctorFlags,
): Promise<readonly Seen[]> {
  const unknown = (found: string, remedy: string): Seen => ({
    site: site.name,
    check: 'doctor',
    subject: site.name,
    state: 'unknown',
    found,
    remedy,
  });
  try {
    const diagnosis = await cli.ask(site, async ({ doctor }) =>
      last ? doctor.last() : doctor.run(),
    );
    if (diagnosis === undefined)
      return [unknown('The site has not looked at itself yet.', 'restante doctor')];
    return diagnosis.findings.map((finding) => ({ site: site.name, ...finding }));
  } catch (failure) {
    if (!(failure instanceof SiteApiError)) throw failure;
    return [
      unknown(
        `The site could not be asked what the world sees of it: ${failure.detail}`,
        `Run restante --site ${site.name} doctor on its machine while it runs.`,
      ),
    ];
  }
}
