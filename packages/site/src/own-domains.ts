// The domains nobody else speaks for: their people log in to one of our sites, and what they send has our signature.
//
// A domain we are only backup of has a mail server of somebody else as its home: its mail comes from there, with the names and
// signatures of that server, and SPF and DMARC say whether it is genuine, as for every stranger.
import type { DomainConfig } from '@restante/config';

export function ownDomains(
  domains: readonly Pick<DomainConfig, 'name' | 'home'>[],
): ReadonlySet<string> {
  return new Set(domains.filter(({ home }) => home !== undefined).map(({ name }) => name));
}
