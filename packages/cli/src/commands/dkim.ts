// Keys that sign the mail of our domains: made, rotated, shown as DNS records, carried to the other site.
//
// Works on the directories of the sites that are on this machine, running or not; a running site uses new keys for its next message.
// The same keys go to all of them. What is elsewhere gets them by export and import.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { SiteConfig } from '@restante/config';
import type { DkimKey, DkimKeys } from '@restante/dkim';
import { parseDomain } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';

interface Store {
  readonly site: SiteConfig;
  readonly keys: DkimKeys;
}

export function dkimCommand(cli: Cli): Command {
  return new Command('dkim')
    .description('keys that sign the mail of our domains, and their DNS records')
    .addCommand(makeCommand(cli))
    .addCommand(rotateCommand(cli))
    .addCommand(listCommand(cli))
    .addCommand(showCommand(cli))
    .addCommand(exportCommand(cli))
    .addCommand(importCommand(cli));
}

function makeCommand(cli: Cli): Command {
  return new Command('make')
    .description('make a pair of keys (RSA and Ed25519); what is there stays')
    .argument('<domain>')
    .action(async (text: string) => {
      const domain = await ourDomain(cli, text);
      const stores = await storesHere(cli);
      const first = await firstWithKeys(stores, domain);
      await first.keys.make(domain);
      await spread(stores, first, domain);
      await showRecords(cli, first, domain);
      await remindOfOthers(cli, stores, domain);
    });
}

function rotateCommand(cli: Cli): Command {
  return new Command('rotate')
    .description('make a new pair, which takes over when its records have been in DNS for a while')
    .argument('<domain>')
    .option('--now', 'the new keys sign at once; for keys that were stolen')
    .action(async (text: string, { now = false }: { readonly now?: boolean }) => {
      const domain = await ourDomain(cli, text);
      const stores = await storesHere(cli);
      const first = await firstWithKeys(stores, domain);
      await first.keys.rotate(domain, { isAtOnce: now });
      await spread(stores, first, domain);
      await showRecords(cli, first, domain);
      await remindOfOthers(cli, stores, domain);
    });
}

function listCommand(cli: Cli): Command {
  return new Command('list')
    .description('all keys and where they are in their life')
    .action(async () => {
      const rows = [];
      for (const { site, keys } of await storesHere(cli)) {
        for (const domain of await keys.domains()) {
          for (const key of await keys.keysOf(domain))
            rows.push({ site: site.name, ...told(keys, key) });
        }
      }
      cli.screen.json(rows);
      cli.screen.table({
        columns: ['site', 'domain', 'selector', 'algorithm', 'state', 'from', 'until'].map(
          (title) => ({
            title,
          }),
        ),
        rows: rows.map((row) => [
          row.site,
          row.domain,
          row.selector,
          row.algorithm,
          row.state,
          row.signsFrom,
          row.signsUntil ?? '-',
        ]),
      });
    });
}

function showCommand(cli: Cli): Command {
  return new Command('show')
    .description('the DNS records of a domain')
    .argument('<domain>')
    .action(async (text: string) => {
      const domain = await ourDomain(cli, text);
      await showRecords(cli, await firstWithKeys(await storesHere(cli), domain), domain);
    });
}

function exportCommand(cli: Cli): Command {
  return new Command('export')
    .description(
      'print the keys of a domain, private parts included, for "dkim import" at another site',
    )
    .argument('<domain>')
    .action(async (text: string) => {
      const domain = await ourDomain(cli, text);
      const { keys } = await firstWithKeys(await storesHere(cli), domain);
      cli.screen.raw(await keys.export(domain));
    });
}

function importCommand(cli: Cli): Command {
  return new Command('import')
    .description('take the keys that "dkim export" printed, from standard input')
    .action(async () => {
      const text = await readAll(cli.surroundings.stdin);
      const stores = await storesHere(cli);
      const domains = new Set<string>();
      for (const { keys } of stores) {
        for (const domain of await keys.import(text)) domains.add(domain);
      }
      const sites = stores.map(({ site }) => site.name);
      cli.screen.json({ domains: [...domains], sites });
      cli.screen.say(`The keys of ${[...domains].join(', ')} are at ${sites.join(' and ')}.`);
    });
}

async function ourDomain(cli: Cli, text: string): Promise<string> {
  const parsed = parseDomain(text);
  if (!parsed.ok) throw new CliError('WRONG_USE', `${JSON.stringify(text)}: ${parsed.problem}`);
  const { topology } = await cli.cluster();
  if (topology.domains.some(({ name }) => name === parsed.value)) return parsed.value;
  const known = topology.domains.map(({ name }) => name).join(', ');
  throw new CliError(
    'WRONG_USE',
    `${parsed.value} is not a domain of this cluster; its domains are ${known}.`,
  );
}

/** The sites (or the one named) that have their directory on this machine. */
async function storesHere(cli: Cli): Promise<readonly [Store, ...Store[]]> {
  const { openDkimKeys } = await import('@restante/dkim');
  const { bySite } = await cli.cluster();
  const stores: Store[] = [];
  for (const site of await cli.sites()) {
    const config = bySite[site.name]?.dkim;
    if (config === undefined || !(await isDirectory(site.dir))) continue;
    const keys = openDkimKeys({
      dir: join(site.dir, 'dkim'),
      clock: systemClock,
      config,
      onProblem: (problem) => cli.screen.warn(problem),
    });
    stores.push({ site, keys });
  }
  const [first, ...others] = stores;
  if (first === undefined)
    throw new CliError(
      'WRONG_USE',
      'No site of this cluster has its directory on this machine; run this where a site runs.',
    );
  return [first, ...others];
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

async function firstWithKeys(stores: readonly [Store, ...Store[]], domain: string): Promise<Store> {
  for (const store of stores) if ((await store.keys.keysOf(domain)).length > 0) return store;
  return stores[0];
}

async function spread(stores: readonly Store[], from: Store, domain: string): Promise<void> {
  const text = await from.keys.export(domain);
  for (const store of stores) if (store !== from) await store.keys.import(text);
}

async function showRecords(cli: Cli, { keys }: Store, domain: string): Promise<void> {
  const { DkimError, recordOf, zoneLine } = await import('@restante/dkim');
  const all = await keys.keysOf(domain);
  if (all.length === 0) throw new DkimError('DKIM_KEYS_MISSING', { about: domain });
  cli.screen.json(all.map((key) => ({ ...told(keys, key), record: recordOf(key) })));
  for (const key of all) {
    const { state, signsFrom, signsUntil } = told(keys, key);
    const life = { coming: `signs from ${signsFrom}`, signing: 'signs now' };
    const words =
      state === 'coming' || state === 'signing' ? life[state] : `signed until ${signsUntil}`;
    cli.screen.say(`; ${key.selector}: ${words}${state === 'retired' ? '; may be taken out' : ''}`);
    if (state !== 'retired') cli.screen.say(zoneLine(recordOf(key)));
  }
}

function told(keys: DkimKeys, key: DkimKey) {
  const { domain, selector, algorithm, signsFromMs, signsUntilMs } = key;
  const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
  return {
    domain,
    selector,
    algorithm,
    state: keys.stateOf(key),
    signsFrom: day(signsFromMs),
    ...(signsUntilMs === undefined ? {} : { signsUntil: day(signsUntilMs) }),
  };
}

/** Keys do not travel by themselves: a site without them sends unsigned. */
async function remindOfOthers(cli: Cli, stores: readonly Store[], domain: string): Promise<void> {
  const here = new Set(stores.map(({ site }) => site.name));
  const elsewhere = (await cli.sites()).filter(({ name }) => !here.has(name));
  for (const { name } of elsewhere) {
    cli.screen.say();
    cli.screen.say(
      `Not at ${name} yet: carry them there with "restante dkim export ${domain}" here and "restante dkim import" there.`,
    );
  }
}
