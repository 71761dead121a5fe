// What the world's DNS would say about the demo domains: home first, backup second (RFC 5321 §5.1), all of it on loopback.
import type { Zone, ZoneNode } from '@restante/dns';
import { backupOf, demoSites, traits } from './layout.ts';
import type { DemoSite } from './layout.ts';

export function demoZone(): Zone {
  return Object.fromEntries(demoSites.flatMap((site) => [domainOf(site), hostOf(site)]));
}

function domainOf(site: DemoSite): [string, ZoneNode] {
  const backup = traits[backupOf(site)].hostname;
  return [
    traits[site].domain,
    {
      MX: [
        { priority: 10, exchange: traits[site].hostname },
        { priority: 20, exchange: backup },
      ],
      TXT: [['v=spf1 mx -all']],
    },
  ];
}

function hostOf(site: DemoSite): [string, ZoneNode] {
  return [traits[site].hostname, { A: ['127.0.0.1'] }];
}
