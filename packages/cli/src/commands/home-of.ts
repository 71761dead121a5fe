// The site to ask about an address: the home of its domain, unless --site says otherwise.
import type { SiteConfig } from '@restante/config';
import { domainOf, parseAddress, parseDomain } from '@restante/mail-model';
import type { Cli } from '../cli.ts';
import { siteNamed } from '../cli.ts';
import { CliError } from '../errors.ts';

export async function homeOfAddress(
  cli: Cli,
  text: string,
): Promise<{ readonly address: string; readonly site: SiteConfig }> {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new CliError('WRONG_USE', `${JSON.stringify(text)}: ${parsed.problem}`);
  const address = `${parsed.value.local}@${parsed.value.domain}`;
  return { address, site: await homeOfDomain(cli, domainOf(address)) };
}

export async function homeOfDomain(cli: Cli, text: string): Promise<SiteConfig> {
  const parsed = parseDomain(text);
  if (!parsed.ok) throw new CliError('WRONG_USE', `${JSON.stringify(text)}: ${parsed.problem}`);
  const { topology } = await cli.cluster();
  const domain = topology.domains.find((each) => each.name === parsed.value);
  const known = topology.domains.map((each) => each.name).join(', ');
  if (!domain)
    throw new CliError(
      'WRONG_USE',
      `${parsed.value} is not a domain of this cluster; its domains are ${known}.`,
    );
  if (domain.home === undefined)
    throw new CliError(
      'WRONG_USE',
      `The home of ${parsed.value} is not one of our sites; its people are in its recipients_file.`,
    );
  return siteNamed(topology.sites, domain.home);
}
