// The records as a zone file that a name server or a provider's import takes (RFC 1035 §5.1). What cannot stand in the domain's own
// zone is written as a comment.
import { isIP } from 'node:net';
import { dotted, valueOf } from './dns-record.ts';
import type { DnsRecord } from './dns-record.ts';

export function zoneText(
  domain: string,
  records: readonly DnsRecord[],
  { ttlSeconds = 3600 } = {},
): string {
  const isInside = ({ name }: DnsRecord) => name === domain || name.endsWith(`.${domain}`);
  const inside = records.filter((record) => isInside(record) && isKnown(record));
  const outside = records.filter((record) => !inside.includes(record));
  const lines = [`$ORIGIN ${dotted(domain)}`, `$TTL ${ttlSeconds}`, ''];
  let told = '';
  for (const record of inside) {
    if (record.why !== told) lines.push(`; ${record.why}`);
    told = record.why;
    lines.push(line(record));
  }
  if (outside.length > 0) lines.push('', '; In other zones, or not known here:');
  for (const record of outside) lines.push(`; ${line(record)}`);
  return `${lines.join('\n')}\n`;
}

function isKnown(record: DnsRecord): boolean {
  return !((record.type === 'A' || record.type === 'AAAA') && record.address === undefined);
}

function line(record: DnsRecord): string {
  return `${isIP(record.name) === 0 ? dotted(record.name) : record.name} IN ${record.type} ${valueOf(record)}`;
}
