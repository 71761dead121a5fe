// A client for the site API of another site: mutual TLS, its certificate names it, its host is found through our own door to DNS.
import type { SiteConfig } from '@restante/config';
import type { Resolver } from '@restante/dns';
import { createPeerClient, type PeerClient } from '@restante/site-api';
import type { SitePki } from './pki/read-site-pki.ts';

export function openPeerClient(
  { pki, resolver }: { readonly pki: SitePki; readonly resolver: Pick<Resolver, 'lookup'> },
  peer: SiteConfig,
): PeerClient {
  return createPeerClient({
    baseUrl: `https://${peer.public.api}`,
    tls: { ...pki, peerName: peer.name },
    resolve: async (host) => (await resolver.lookup(host)).map(({ address }) => address),
  });
}
