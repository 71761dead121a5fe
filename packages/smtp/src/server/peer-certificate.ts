// Who is at the other end of a TLS session? The certificate says it, never the address (design §4.3).
//
// Promise: an answer only for a certificate that OpenSSL verified against the cluster's CA in this session or the one it
// resumes, that is valid now, and whose one common name the configuration maps to a site. Everybody else is a stranger.
import type { TLSSocket } from 'node:tls';
import type { EdgeTls } from './edge.ts';
import type { PeerIdentity } from './edge-host.ts';

export function identifyPeer(
  socket: TLSSocket,
  tls: EdgeTls,
  nowMs: number,
): PeerIdentity | undefined {
  if (tls.clusterCa === undefined || !socket.authorized) return undefined;
  // A resumed TLS 1.3 session counts as verified even when it never had a certificate; so one has to be there.
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  if (nowMs < Date.parse(certificate.validFrom) || nowMs > Date.parse(certificate.validTo)) {
    return undefined;
  }
  const names = [...certificate.subject.matchAll(/^CN=(.+)$/gm)];
  const name = names[0]?.[1];
  if (names.length !== 1 || name === undefined) return undefined;
  const site = tls.peerOf?.(name);
  return site === undefined ? undefined : { site, publicKey: certificate.publicKey };
}

/** "TLSv1.3 TLS_AES_256_GCM_SHA384". */
export function describeTls(socket: TLSSocket): string {
  return `${socket.getProtocol() ?? 'TLS'} ${socket.getCipher().name}`;
}
