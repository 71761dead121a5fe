// TLS on a socket that was in clear text, and what a login may bind to.
import type { Socket } from 'node:net';
import { TLSSocket, type TLSSocketOptions } from 'node:tls';

export interface BegunTls {
  readonly secure: TLSSocket;
  /** False when the handshake failed; the socket is gone then. */
  readonly isDone: Promise<boolean>;
}

export function beginTls(below: Socket, options: TLSSocketOptions): BegunTls {
  const secure = new TLSSocket(below, { ...options, isServer: true });
  const isDone = new Promise<boolean>((resolve) => {
    secure.once('secure', () => resolve(true));
    for (const socket of [secure, below]) socket.once('close', () => resolve(false));
    secure.on('error', () => below.destroy());
    // A socket of no TLS server tells its failed handshake by this name only.
    secure.once('_tlsError', () => below.destroy());
  });
  return { secure, isDone };
}

/** RFC 9266 §2: only TLS 1.3 gives a binding that needs nothing else. */
export function channelBinding(socket: Socket): Buffer | undefined {
  if (!(socket instanceof TLSSocket) || socket.getProtocol() !== 'TLSv1.3') return undefined;
  return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
}
