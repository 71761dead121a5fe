// What a finished TLS handshake says about a session: protocol, cipher, channel binding, and whether it is a peer.
import { TLSSocket } from 'node:tls';
import type { EdgeTls } from './edge.ts';
import { describeTls, identifyPeer } from './peer-certificate.ts';
import type { SessionFacts } from './session-facts.ts';

export interface Handshake {
  readonly socket: unknown;
  readonly tls: EdgeTls | undefined;
  readonly nowMs: number;
  readonly offersAuth: boolean;
}

/** True when the other side is one of our own sites. */
export function noteHandshake(facts: SessionFacts, handshake: Handshake): boolean {
  const { socket, tls, nowMs, offersAuth } = handshake;
  // RFC 3207 §4.2: who logged in before TLS is forgotten like everything else.
  delete facts.account;
  if (!(socket instanceof TLSSocket) || tls === undefined) return false;
  facts.tls = describeTls(socket);
  const exporter = offersAuth ? channelBinding(socket) : undefined;
  if (exporter !== undefined) facts.tlsExporter = exporter;
  const peer = identifyPeer(socket, tls, nowMs);
  if (peer === undefined) return false;
  facts.peer = peer;
  return true;
}

/** RFC 9266 §2, §4.2: "tls-exporter"; only of TLS 1.3 is it sure to be unique. */
function channelBinding(socket: TLSSocket): Buffer | undefined {
  if (socket.getProtocol() !== 'TLSv1.3') return undefined;
  return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
}
