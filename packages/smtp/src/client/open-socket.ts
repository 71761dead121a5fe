// Opens sockets: TCP first, TLS around it later (RFC 3207). Each within a time, each abortable.
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { SmtpTarget, TlsPolicy } from './smtp-connection.ts';

export interface SocketWait {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Rejects with the system's error, the signal's reason, or a SocketTimeout. */
export function openTcp(
  { address, port, localAddress }: SmtpTarget,
  wait: SocketWait,
): Promise<Socket> {
  const socket = connect({
    host: address,
    port,
    noDelay: true,
    keepAlive: true,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  return opened(socket, 'connect', wait);
}

/** The handshake on a socket whose server has said 220 to STARTTLS. */
export function openTls(socket: Socket, target: SmtpTarget, wait: SocketWait): Promise<TLSSocket> {
  const { tls } = target;
  const serverName = tls.serverName ?? target.host;
  const secured = connectTls({
    socket,
    secureContext: contextOf(tls),
    // RFC 6066 §3: no address literals in SNI. The certificate is checked against `host` then.
    ...(isIP(serverName) === 0 ? { servername: serverName } : { host: serverName }),
    // RFC 7435: unauthenticated encryption is better than none, where nothing better was asked for.
    rejectUnauthorized: tls.mode === 'required' && tls.verify !== false,
  });
  return opened(secured, 'secureConnect', wait);
}

export class SocketTimeout extends Error {
  override readonly name = 'SocketTimeout';
}

// Building a context parses keys and roots, milliseconds each time; a policy object lives as long as its route.
const contexts = new WeakMap<TlsPolicy, SecureContext>();

function contextOf(policy: TlsPolicy): SecureContext {
  const known = contexts.get(policy);
  if (known !== undefined) return known;
  const { ca, key, cert } = policy;
  const context = createSecureContext({
    ...(ca === undefined ? {} : { ca }),
    ...(key === undefined ? {} : { key }),
    ...(cert === undefined ? {} : { cert }),
  });
  contexts.set(policy, context);
  return context;
}

function opened<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  wait: SocketWait,
): Promise<S> {
  const { promise, resolve, reject } = Promise.withResolvers<S>();
  const stop = (cause: unknown) => {
    settle();
    // What a destroyed socket still wants to say concerns nobody.
    socket.on('error', () => undefined);
    socket.destroy();
    reject(cause);
  };
  const onOpen = () => {
    settle();
    resolve(socket);
  };
  const onError = (cause: Error) => stop(cause);
  const onClose = () => stop(new Error('closed by the other side'));
  const onAbort = () => stop(wait.signal?.reason);
  const timer = setTimeout(() => stop(new SocketTimeout('no answer in time')), wait.timeoutMs);
  const settle = () => {
    clearTimeout(timer);
    wait.signal?.removeEventListener('abort', onAbort);
    socket.off(event, onOpen);
    socket.off('error', onError);
    socket.off('close', onClose);
  };
  socket.once(event, onOpen);
  socket.once('error', onError);
  socket.once('close', onClose);
  if (wait.signal?.aborted === true) onAbort();
  else wait.signal?.addEventListener('abort', onAbort, { once: true });
  return promise;
}
