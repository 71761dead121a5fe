// Every DNS record a domain needs for both sites: printed as a zone file, or compared with what DNS says.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkRecords,
  domainRecords,
  valueOf,
  zoneText,
  type DnsRecord,
  type RecordFinding,
  type ServedDomain,
} from '@restante/client-settings';
import { createResolver, DnsError, type Resolver } from '@restante/dns';
import { openDkimKeys, recordOf, type DkimRecord } from '@restante/dkim';
import { parseDomain } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';

interface DnsOptions {
  readonly check?: boolean;
  readonly table?: boolean;
}

export function domainDnsCommand(cli: Cli): Command {
  return new Command('dns')
    .description('every DNS record the domain needs, as a zone file')
    .argument('<domain>')
    .option('--table', 'as a table')
    .option('--check', 'ask DNS which of them are there')
    .action(async (text: string, options: DnsOptions) => {
      const domain = await servedDomainNamed(cli, text);
      const { topology } = await cli.cluster();
      await using resolver = createResolver({ servers: topology.dnsServers, clock: systemClock });
      const served = options.check === true ? await withAddresses(domain, resolver) : domain;
      const records = await recordsOf(cli, served);
      if (options.check === true) showFindings(cli, await checkRecords(records, resolver));
      else showRecords(cli, served.name, records, options);
    });
}

async function servedDomainNamed(cli: Cli, text: string): Promise<ServedDomain> {
  const parsed = parseDomain(text);
  if (!parsed.ok) throw new CliError('WRONG_USE', `${JSON.stringify(text)}: ${parsed.problem}`);
  const { servedDomain } = await import('@restante/site');
  const { topology } = await cli.cluster();
  const domain = servedDomain({ topology }, parsed.value);
  if (domain !== undefined) return domain;
  const known = topology.domains.filter(({ home }) => home !== undefined).map(({ name }) => name);
  throw new CliError(
    'WRONG_USE',
    `${parsed.value} has no home among our sites; those that have are ${known.join(', ')}.`,
  );
}

/** With them the pointers can be checked as well. What cannot be found out shows in the findings of the host itself. */
async function withAddresses(domain: ServedDomain, resolver: Resolver): Promise<ServedDomain> {
  const [home, ...backups] = domain.sites;
  const looked = async (site: typeof home): Promise<typeof home> => {
    try {
      const found = await resolver.lookup(site.hostname);
      return { ...site, addresses: found.map(({ address }) => address) };
    } catch (cause) {
      if (cause instanceof DnsError) return site;
      throw cause;
    }
  };
  return { ...domain, sites: [await looked(home), ...(await Promise.all(backups.map(looked)))] };
}

async function recordsOf(cli: Cli, domain: ServedDomain): Promise<readonly DnsRecord[]> {
  const { settings } = await cli.cluster();
  const dkim = await dkimRecords(cli, domain.name);
  if (dkim.length === 0)
    cli.screen.warn(
      `No DKIM keys of ${domain.name} are on this machine: restante dkim make ${domain.name}, or ask at its home.`,
    );
  const { reportsTo, certificateAuthority } = settings;
  return domainRecords({
    domain,
    dkim,
    mtaSts: { mode: settings.mtaSts, maxAgeMs: settings.mtaStsMaxAgeMs },
    dmarc: settings.dmarc,
    ...(reportsTo === undefined ? {} : { reportsTo }),
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
  });
}

/** All selectors of the sites whose directories are here; the same keys are at several. */
async function dkimRecords(cli: Cli, domain: string): Promise<readonly DkimRecord[]> {
  const { topology, dkim } = await cli.cluster();
  const found = new Map<string, DkimRecord>();
  for (const site of topology.sites) {
    const dir = join(site.dir, 'dkim');
    const isHere = await stat(dir).then(
      () => true,
      () => false, // Another machine's.
    );
    if (!isHere) continue;
    for (const key of await openDkimKeys({ dir, clock: systemClock, config: dkim }).keysOf(
      domain,
    )) {
      const record = recordOf(key);
      found.set(record.name, record);
    }
  }
  return [...found.values()];
}

function showRecords(
  cli: Cli,
  domain: string,
  records: readonly DnsRecord[],
  { table }: DnsOptions,
): void {
  if (cli.screen.isJson) {
    cli.screen.json(records.map(told));
    return;
  }
  if (table !== true) {
    cli.screen.raw(zoneText(domain, records));
    return;
  }
  cli.screen.table({
    columns: [{ title: 'name' }, { title: 'type' }, { title: 'need' }, { title: 'value' }],
    rows: records.map((record) => [record.name, record.type, record.need, valueOf(record)]),
  });
}

function showFindings(cli: Cli, findings: readonly RecordFinding[]): void {
  cli.screen.json(
    findings.map((finding) => ({
      ...told(finding.record),
      state: finding.state,
      ...(finding.state === 'differs' ? { found: finding.found } : {}),
      ...(finding.state === 'unknown' ? { problem: finding.why } : {}),
    })),
  );
  cli.screen.table({
    columns: [{ title: 'state' }, { title: 'name' }, { title: 'type' }, { title: 'value' }],
    rows: findings.map((finding) => [
      finding.state,
      finding.record.name,
      finding.record.type,
      detailOf(finding),
    ]),
  });
  const wrong = findings.filter(
    ({ record, state }) => record.need === 'needed' && state !== 'there',
  );
  if (wrong.length === 0) return;
  cli.screen.say(`${wrong.length} of the records that are needed are not as they should be.`);
  cli.foundProblem();
}

function detailOf(finding: RecordFinding): string {
  const wanted = valueOf(finding.record);
  if (finding.state === 'differs') return `should be ${wanted}, is ${finding.found.join(' and ')}`;
  return finding.state === 'unknown' ? `${wanted} (${finding.why})` : wanted;
}

function told(record: DnsRecord): object {
  const { name, type, need, why } = record;
  return { name, type, value: valueOf(record), need, why };
}
