// The rules between the sites and the domains. Each is one named function that adds what it finds; each has a test.
//
// They see everything that could be read, so that one run tells all; they never complain about what another problem caused.
import { isIP } from 'node:net';
import { didYouMean } from './did-you-mean.ts';
import { splitHostPort } from './named-fields.ts';
import type { Problem } from './problem.ts';
import { at, inside } from './read-table.ts';
import type { Place } from './read-table.ts';
import type { DomainFound, SiteFound, TopologyFound } from './read-topology.ts';
import type { TomlLines } from './toml-lines.ts';

export type TopologyCheck = (found: TopologyFound, complain: Complain) => void;

/** Adds a problem about a key of a table. */
export type Complain = (place: Place, key: string, problem: Omit<Problem, 'line' | 'key'>) => void;

export function checkTopology(found: TopologyFound, lines: TomlLines, problems: Problem[]): void {
  const complain: Complain = (place, key, problem) => {
    const here = inside(place, key);
    problems.push({ ...at(lines.lineOf(here.path)), key: here.shown, ...problem });
  };
  for (const check of topologyChecks) check(found, complain);
}

export const siteNamesDiffer: TopologyCheck = ({ sites }, complain) => {
  for (const site of repeated(sites, (each) => each.name)) {
    complain(site.place, 'name', {
      problem: 'is the name of another site too',
      remedy: 'Give every site its own name.',
    });
  }
};

export const siteHostnamesDiffer: TopologyCheck = ({ sites }, complain) => {
  for (const site of repeated(sites, (each) => each.site?.hostname)) {
    complain(site.place, 'hostname', {
      value: quoted(site.site?.hostname),
      problem: 'is the host name of another site too',
      remedy: 'Two sites need two names: the MX records tell them apart by it.',
    });
  }
};

export const domainNamesDiffer: TopologyCheck = ({ domains }, complain) => {
  for (const domain of repeated(domains, (each) => each.domain?.name ?? each.name?.toLowerCase())) {
    complain(domain.place, 'name', {
      problem: 'stands in the file twice',
      remedy: 'Keep one [[domain]] for it.',
    });
  }
};

/** Two listeners of one site at the same port would fail at start, one of them at random. */
export const listenersDoNotCollide: TopologyCheck = ({ sites }, complain) => {
  for (const { place, site } of sites) {
    if (!site) continue;
    const listeners = [
      ['smtp', site.listen.smtp],
      ['smtp_alt', site.listen.smtpAlt],
      ['submission', site.listen.submission],
      ['submissions', site.listen.submissions],
      ['imap', site.listen.imap],
      ['imaps', site.listen.imaps],
      ['pop3', site.listen.pop3],
      ['pop3s', site.listen.pop3s],
      ['web', site.listen.web],
      ['web_tls', site.listen.webTls],
      ['http', site.listen.http],
      ['peer_api', site.listen.peerApi],
    ] as const;
    for (const [index, [key, address]] of listeners.entries()) {
      const other = listeners.slice(0, index).find(([, earlier]) => collide(address, earlier));
      if (other && address !== undefined) {
        complain(inside(place, 'listen'), key, {
          value: quoted(address),
          problem: `takes the port of ${other[0]}`,
          remedy: 'Give each its own port.',
        });
      }
    }
  }
};

export const domainHasOneHome: TopologyCheck = ({ domains }, complain) => {
  for (const { place, domain } of domains) {
    if (!domain) continue;
    if (domain.home === undefined && domain.homeHost === undefined) {
      complain(place, 'home', {
        problem: 'is missing',
        remedy:
          'Name the site that keeps its mailboxes, or write home_host = "host:port" for a mail server that is not Restante.',
      });
    }
    if (domain.home !== undefined && domain.homeHost !== undefined) {
      complain(place, 'home_host', {
        value: quoted(domain.homeHost),
        problem: 'stands beside home',
        remedy: 'Keep one of the two.',
      });
    }
  }
};

export const homeIsASite: TopologyCheck = ({ sites, domains }, complain) => {
  for (const { place, domain } of domains) {
    if (domain?.home === undefined || isSite(domain.home, sites)) continue;
    complain(place, 'home', { value: quoted(domain.home), ...noSuchSite(domain.home, sites) });
  }
};

export const backupsAreSites: TopologyCheck = ({ sites, domains }, complain) => {
  for (const { place, domain } of domains) {
    for (const backup of domain?.backups ?? []) {
      if (!isSite(backup, sites))
        complain(place, 'backups', { value: quoted(backup), ...noSuchSite(backup, sites) });
    }
  }
};

export const backupIsNotHome: TopologyCheck = ({ domains }, complain) => {
  for (const { place, domain } of domains) {
    if (domain?.home !== undefined && domain.backups.includes(domain.home)) {
      complain(place, 'backups', {
        value: quoted(domain.home),
        problem: 'names the home itself',
        remedy: 'A backup is another place. Take it out.',
      });
    }
  }
};

export const backupsDiffer: TopologyCheck = ({ domains }, complain) => {
  for (const { place, domain } of domains) {
    for (const backup of new Set(
      domain?.backups.filter((each, index, all) => all.indexOf(each) < index),
    )) {
      complain(place, 'backups', {
        value: quoted(backup),
        problem: 'is named twice',
        remedy: 'Name it once.',
      });
    }
  }
};

/** Law 4: a backup knows the recipients. Of a foreign home it can only know them from a file. */
export const homeHostHasBackupsAndRecipients: TopologyCheck = ({ domains }, complain) => {
  for (const { place, domain } of domains) {
    if (domain?.homeHost === undefined) continue;
    if (domain.backups.length === 0) {
      complain(place, 'backups', {
        problem: 'is empty',
        remedy: 'With home_host we are the backup MX only: name the sites that are.',
      });
    }
    if (domain.recipientsFile === undefined) {
      complain(place, 'recipients_file', {
        problem: 'is missing',
        remedy:
          'Name a file with one address a line. Without it a backup would have to accept mail for people who do not exist.',
      });
    }
  }
};

export const recipientsFileNeedsHomeHost: TopologyCheck = ({ domains }, complain) => {
  for (const { place, domain } of domains) {
    if (domain?.recipientsFile === undefined || domain.homeHost !== undefined) continue;
    complain(place, 'recipients_file', {
      problem: 'has no effect here',
      remedy: 'The home publishes its own recipients. Take it out.',
    });
  }
};

const topologyChecks: readonly TopologyCheck[] = [
  siteNamesDiffer,
  siteHostnamesDiffer,
  domainNamesDiffer,
  listenersDoNotCollide,
  domainHasOneHome,
  homeIsASite,
  backupsAreSites,
  backupIsNotHome,
  backupsDiffer,
  homeHostHasBackupsAndRecipients,
  recipientsFileNeedsHomeHost,
];

function isSite(name: string, sites: readonly SiteFound[]): boolean {
  return sites.some((site) => site.name === name);
}

function noSuchSite(
  name: string,
  sites: readonly SiteFound[],
): { readonly problem: string; readonly remedy: string } {
  const names = sites.flatMap((site) => site.name ?? []);
  const near = didYouMean(name, names);
  const remedy =
    near === undefined ? `The sites are: ${names.join(', ')}.` : `Did you mean "${near}"?`;
  return { problem: 'is not a site of this file', remedy };
}

/** Those whose value was seen before. */
function repeated<T extends SiteFound | DomainFound>(
  all: readonly T[],
  valueOf: (each: T) => string | undefined,
): readonly T[] {
  return all.filter((each, index) => {
    const value = valueOf(each);
    return value !== undefined && all.slice(0, index).some((earlier) => valueOf(earlier) === value);
  });
}

/** The same port at the same address, or at all addresses of one of them. Port 0 is a new port each time. */
function collide(one: string | undefined, other: string | undefined): boolean {
  const [left, right] = [splitHostPort(one ?? ''), splitHostPort(other ?? '')];
  if (!left || !right || left.port === 0 || left.port !== right.port) return false;
  if (left.host === right.host) return true;
  // "[::]" takes IPv4 as well.
  const covers = (all: string, host: string) =>
    all === '::' || (all === '0.0.0.0' && isIP(host) === 4);
  return covers(left.host, right.host) || covers(right.host, left.host);
}

function quoted(value: string | undefined): string {
  return JSON.stringify(value ?? '');
}
