// What the world's DNS would say about the demo domains: everything "restante domain dns" asks an operator to publish, and the
// addresses of the sites, all of them loopback.
import { domainRecords, valueOf, type DnsRecord } from '@restante/client-settings';
import type { Zone, ZoneNode } from '@restante/dns';
import type { DkimRecord } from '@restante/dkim';
import { servedDomain, type ClusterConfig } from '@restante/site';

export function demoZone(config: ClusterConfig, dkim: readonly DkimRecord[]): Zone {
  const { topology, settings } = config;
  const zone: Record<string, ZoneNode> = {};
  const told = new Set<string>();
  for (const { hostname } of topology.sites) zone[hostname] = { A: ['127.0.0.1'] };
  // Strangers come from here as well; only one of the names can be told.
  zone['1.0.0.127.in-addr.arpa'] = { PTR: topology.sites.map(({ hostname }) => hostname) };
  for (const { name } of topology.domains) {
    const domain = servedDomain({ topology }, name);
    if (domain === undefined) continue;
    const records = domainRecords({
      domain,
      dkim: dkim.filter((record) => record.name.endsWith(`._domainkey.${name}`)),
      mtaSts: { mode: settings.mtaSts, maxAgeMs: settings.mtaStsMaxAgeMs },
      dmarc: settings.dmarc,
    });
    for (const record of records) {
      // Both domains ask the same of a host they share.
      const key = `${record.name} ${record.type} ${valueOf(record)}`;
      if (told.has(key)) continue;
      told.add(key);
      zone[record.name] = withRecord(zone[record.name], record);
    }
  }
  return zone;
}

/** Addresses and pointers are not ours to invent here. */
function withRecord(node: ZoneNode = {}, record: DnsRecord): ZoneNode {
  switch (record.type) {
    case 'MX':
      return { ...node, MX: [...(node.MX ?? []), record] };
    case 'TXT':
      return { ...node, TXT: [...(node.TXT ?? []), record.text.match(/[^]{1,255}/g) ?? []] };
    case 'CNAME':
      return { ...node, CNAME: [record.target] };
    case 'SRV': {
      const { priority, weight, port, target } = record;
      return { ...node, SRV: [...(node.SRV ?? []), { priority, weight, port, name: target }] };
    }
    case 'A':
    case 'AAAA':
    case 'CAA':
    case 'PTR':
      return node;
  }
}
