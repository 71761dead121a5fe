// The screen a newcomer sees: what runs where, and five lines to paste that show what the product is for. Pure.
import { relative } from 'node:path';
import type { Colours } from '../output/colours.ts';
import type { Endpoints } from './endpoints.ts';

export interface Welcome {
  readonly endpoints: Endpoints;
  readonly dir: string;
  /** Where the person stands, so that lines to paste are short. */
  readonly directory: string;
  readonly root: string;
  readonly colours: Colours;
}

export function welcomeScreen({ endpoints, dir, directory, root, colours }: Welcome): string {
  const { strong, quiet } = colours;
  const command = pathFrom(directory, `${root}/node_modules/.bin/restante`);
  const paste = (words: string, why: string) =>
    `  ${`${command} ${words}`.padEnd(command.length + 36)}  ${quiet(why)}`;
  const sites = Object.entries(endpoints.sites);
  const [homeName = '', home] = sites[0] ?? [];
  const someone = endpoints.accounts.find((account) => account.site === homeName)?.address ?? '';

  return [
    '',
    strong(
      'Restante is running: two sites, each the home of its own domain and the backup of the other.',
    ),
    '',
    ...sites.flatMap(([name, site]) => [
      `  ${strong(name.padEnd(10))} home of ${site.home.join(', ')}, backup of ${site.backup.join(', ')}`,
      `  ${''.padEnd(10)} SMTP ${site.smtp}   metrics http://${site.http}/metrics   Redis ${site.redis}`,
    ]),
    `  ${strong('dns'.padEnd(10))} ${endpoints.dns}   ${quiet('MX 10 home, MX 20 backup, for both domains')}`,
    `  ${strong('state'.padEnd(10))} ${pathFrom(directory, dir)}   ${quiet('people and passwords in accounts.json, addresses in endpoints.json')}`,
    '',
    `${strong('Try it')}, in another terminal:`,
    '',
    paste(`send --to ${someone}`, 'a stranger sends mail; it goes to its home'),
    paste(`site stop ${homeName}`, 'now take the home away'),
    paste(`send --to ${someone}`, 'the backup takes it and says an honest 250'),
    paste('status', 'see it wait'),
    paste(`site start ${homeName}`, 'bring the home back; touch nothing else'),
    paste('status', 'see it gone: it went home by itself'),
    '',
    `  What arrived:  find ${pathFrom(directory, home?.dir ?? dir)}/mail -path '*/new/*' -type f`,
    `  One message:   ${command} trace ID    ${quiet('the id stands in the 250 reply')}`,
    '',
    quiet('Ctrl-C stops everything; the next start finds everything as it was.'),
    '',
  ].join('\n');
}

function pathFrom(directory: string, path: string): string {
  const short = relative(directory, path);
  return short === '' ? '.' : short.startsWith('..') ? path : short;
}
