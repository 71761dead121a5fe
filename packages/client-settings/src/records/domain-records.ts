// Every record a domain needs so that mail comes to both sites, leaves from both, is believed, and finds its settings. Pure.
import { isIP } from 'node:net';
import { mtaStsId } from '../mta-sts-policy.ts';
import type { MtaStsPolicy } from '../mta-sts-policy.ts';
import type { ServedDomain } from '../served-domain.ts';
import type { DnsRecord } from './dns-record.ts';
import { srvRecords } from './srv-records.ts';

export interface DomainRecordsOptions {
  readonly domain: ServedDomain;
  /** Sites that may send for it without being its MX: a peer that is the alternate exit. */
  readonly furtherExits?: readonly string[];
  /** As @restante/dkim makes them: full name and text, one for each selector. */
  readonly dkim: readonly { readonly name: string; readonly value: string }[];
  readonly mtaSts: Omit<MtaStsPolicy, 'exchanges'>;
  readonly dmarc: 'none' | 'quarantine' | 'reject';
  /** Mail address for reports; none: postmaster of the domain. */
  readonly reportsTo?: string;
  /** Domain of the only authority that may make certificates. */
  readonly certificateAuthority?: string;
}

export function domainRecords(options: DomainRecordsOptions): readonly DnsRecord[] {
  return [
    ...exchanges(options.domain),
    ...identity(options),
    ...tlsPromises(options),
    ...names(options.domain),
    ...srvRecords(options.domain),
    ...surroundings(options),
  ];
}

/** RFC 5321 §5.1: the home first, its backups behind it. */
function exchanges({ name, sites }: ServedDomain): readonly DnsRecord[] {
  return sites.map(({ hostname }, index) => ({
    name,
    type: 'MX',
    priority: (index + 1) * 10,
    exchange: hostname,
    need: 'needed',
    why:
      index === 0
        ? 'Mail for the domain comes to its home,'
        : 'and to its backup while the home is away.',
  }));
}

function identity(options: DomainRecordsOptions): readonly DnsRecord[] {
  const { domain, furtherExits = [], dkim, dmarc } = options;
  const exits = [...new Set([...domain.sites.map(({ hostname }) => hostname), ...furtherExits])];
  return [
    {
      name: domain.name,
      type: 'TXT',
      // RFC 7208 §4.6.4: one lookup for each exit, ten are allowed.
      text: `v=spf1 ${exits.map((host) => `a:${host}`).join(' ')} -all`,
      need: 'needed',
      why: 'SPF: mail in the name of the domain leaves from these hosts, whichever way is open.',
    },
    ...dkim.map(({ name, value }) => ({
      name,
      type: 'TXT' as const,
      text: value,
      need: 'needed' as const,
      why: 'DKIM: the key that proves our signatures.',
    })),
    {
      name: `_dmarc.${domain.name}`,
      type: 'TXT',
      text: `v=DMARC1; p=${dmarc}; rua=mailto:${reportsTo(options)}`,
      need: 'advised',
      why: 'DMARC: what others should do with mail in our name that is not ours, and where they report.',
    },
  ];
}

function tlsPromises(options: DomainRecordsOptions): readonly DnsRecord[] {
  const { domain, mtaSts } = options;
  const policy = { ...mtaSts, exchanges: domain.sites.map(({ hostname }) => hostname) };
  const reports: DnsRecord = {
    name: `_smtp._tls.${domain.name}`,
    type: 'TXT',
    text: `v=TLSRPTv1; rua=mailto:${reportsTo(options)}`,
    need: 'advised',
    why: 'TLS reporting: where others tell that TLS to us failed (RFC 8460 §3).',
  };
  if (mtaSts.mode === 'none') return [reports];
  return [
    {
      name: `_mta-sts.${domain.name}`,
      type: 'TXT',
      text: `v=STSv1; id=${mtaStsId(policy)}`,
      need: 'advised',
      why: 'MTA-STS: there is a policy, and this is its number (RFC 8461 §3.1); it changes with the policy.',
    },
    alias('mta-sts', domain, 'MTA-STS: the host that serves the policy over HTTPS.'),
    reports,
  ];
}

function names(domain: ServedDomain): readonly DnsRecord[] {
  return [
    alias('autoconfig', domain, 'Thunderbird and many others ask here for their settings.'),
    alias('autodiscover', domain, 'Outlook asks here for its settings.'),
    {
      name: `_autodiscover._tcp.${domain.name}`,
      type: 'SRV',
      priority: 0,
      weight: 1,
      port: 443,
      target: domain.sites[0].hostname,
      need: 'advised',
      why: 'Outlook, where the name above is not there.',
    },
  ];
}

function alias(label: string, domain: ServedDomain, why: string): DnsRecord {
  return {
    name: `${label}.${domain.name}`,
    type: 'CNAME',
    target: domain.sites[0].hostname,
    need: 'advised',
    why,
  };
}

/** What does not stand in the domain's own zone, or is a choice. */
function surroundings(options: DomainRecordsOptions): readonly DnsRecord[] {
  const { domain, certificateAuthority } = options;
  const hosts = domain.sites.flatMap(({ hostname, addresses = [] }): readonly DnsRecord[] => [
    ...(addresses.length === 0 ? [undefined] : addresses).map((address) => ({
      name: hostname,
      type: address !== undefined && isIP(address) === 6 ? ('AAAA' as const) : ('A' as const),
      address,
      need: 'needed' as const,
      why: 'The host itself, in the zone it belongs to.',
    })),
    ...addresses.map((address) => ({
      name: address,
      type: 'PTR' as const,
      target: hostname,
      need: 'needed' as const,
      why: 'Whoever rents you the address sets this; many refuse mail from addresses without it.',
    })),
    {
      name: hostname,
      type: 'TXT',
      text: 'v=spf1 a -all',
      need: 'reminder',
      why: 'SPF for the name the host greets with: it counts for reports, which have no sender (RFC 7208 §2.3).',
    },
  ]);
  if (certificateAuthority === undefined) return hosts;
  return [
    ...hosts,
    {
      name: domain.name,
      type: 'CAA',
      tag: 'issue',
      value: certificateAuthority,
      need: 'reminder',
      why: 'Nobody else may make certificates for the domain (RFC 8659 §4.2).',
    },
  ];
}

function reportsTo({ reportsTo: address, domain }: DomainRecordsOptions): string {
  return address ?? `postmaster@${domain.name}`;
}
