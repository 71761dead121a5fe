// The screen a newcomer sees: what runs where, a login for a mail program, and lines to paste that show what the product is
// for. Passwords stay in accounts.json: a screen is looked at by others. Pure.
import { relative } from 'node:path';
import type { Colours } from '../output/colours.ts';
import type { Endpoints, SiteEndpoints } from './endpoints.ts';
import { traits } from './layout.ts';

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
  const other = endpoints.accounts.find((account) => account.site !== homeName)?.address ?? '';
  const pki = pathFrom(directory, endpoints.ca);

  return [
    '',
    strong(
      'Restante is running: two sites, each the home of its own domain and the backup of the other.',
    ),
    '',
    ...sites.flatMap(([name, site]) => [
      `  ${strong(name.padEnd(10))} home of ${site.home.join(', ')}, backup of ${site.backup.join(', ')}`,
      `  ${''.padEnd(10)} SMTP ${site.smtp}   metrics http://${site.http}/metrics   Redis ${site.redis}`,
      ...mailboxLines(site).map((line) => `  ${''.padEnd(10)} ${line}`),
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
    `  One message:   ${command} trace ID    ${quiet('the id stands in the 250 reply')}`,
    '',
    ...(home === undefined ? [] : asAPerson({ site: home, someone, other, pki, strong, quiet })),
    quiet('Ctrl-C stops everything; the next start finds everything as it was.'),
    '',
  ].join('\n');
}

/** Ports only: the address is the one of the line above. */
function mailboxLines(site: SiteEndpoints): readonly string[] {
  const line = (tls: string, ...services: readonly (readonly [string, string | undefined])[]) => {
    const open = services.flatMap(([word, at]) =>
      at === undefined ? [] : [`${word} ${portOf(at)}`],
    );
    return open.length === 0 ? [] : [`${tls.padEnd(9)} ${open.join('   ')}`];
  };
  return [
    ...line('TLS', ['IMAP', site.imaps], ['POP3', site.pop3s], ['sending', site.submissions]),
    ...line('STARTTLS', ['IMAP', site.imap], ['POP3', site.pop3], ['sending', site.submission]),
  ];
}

interface Person {
  readonly site: SiteEndpoints;
  readonly someone: string;
  readonly other: string;
  readonly pki: string;
  readonly strong: Colours['strong'];
  readonly quiet: Colours['quiet'];
}

function asAPerson({ site, someone, other, pki, strong, quiet }: Person): readonly string[] {
  const { imaps, submissions } = site;
  const name = Object.values(traits).find(({ domain }) => site.home.includes(domain))?.hostname;
  if (imaps === undefined || submissions === undefined || name === undefined) return [];
  const [host] = imaps.split(':');
  // The certificate is for the site's name, which no DNS outside of the demo knows.
  const curl = `curl -sS --cacert ${pki} --connect-to ::${host}: -u ${someone}`;
  const letter = `--mail-from ${someone} --mail-rcpt ${other} --crlf -T -`;
  return [
    `${strong('Have mail')}, in any mail program on this machine: server ${host}, name ${strong(someone)}, password in accounts.json.`,
    '',
    `  ${curl} imaps://${name}:${portOf(imaps)}/INBOX -X 'STATUS INBOX (MESSAGES UNSEEN)'`,
    `  echo 'Subject: hello' | ${curl} ${letter} smtps://${name}:${portOf(submissions)}`,
    quiet('  curl asks for the password; the second line sends, signed, to the other site.'),
    '',
  ];
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}

function pathFrom(directory: string, path: string): string {
  const short = relative(directory, path);
  return short === '' ? '.' : short.startsWith('..') ? path : short;
}
