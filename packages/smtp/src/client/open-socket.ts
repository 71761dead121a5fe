// Opens sockets: TCP first, TLS around it later (RFC 3207). Each within a time, each abortable.
import { X509Certificate } from 'node:crypto';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import type { DetailedPeerCertificate, SecureContext, TLSSocket } from 'node:tls';
import type { ShownCertificates, SmtpTarget, TlsPolicy } from './smtp-connection.ts';

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
export async function openTls(
  socket: Socket,
  target: SmtpTarget,
  wait: SocketWait,
): Promise<TLSSocket> {
  const { tls } = target;
  const judge = tls.judgePeer;
  const serverName = tls.serverName ?? target.host;
  const secured = connectTls({
    socket,
    secureContext: contextOf(tls),
    // RFC 6066 §3: no address literals in SNI. The certificate is checked against `host` then.
    ...(isIP(serverName) === 0 ? { servername: serverName } : { host: serverName }),
    // RFC 7435: unauthenticated encryption is better than none, where nothing better was asked for.
    rejectUnauthorized: tls.mode === 'required' && tls.verify !== false && judge === undefined,
    // Then "authorized" is about the chain alone; the names are the judge's.
    ...(judge === undefined ? {} : { checkServerIdentity: () => undefined }),
  });
  await opened(secured, 'secureConnect', wait);
  const refusal = judge?.(shownBy(secured));
  if (refusal === undefined) return secured;
  secured.on('error', () => undefined); // What a destroyed socket still wants to say concerns nobody.
  secured.destroy();
  throw refusal;
}

function shownBy(socket: TLSSocket): ShownCertificates {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // A root is its own issuer; a server that shows nothing is an empty object.
  while (next?.raw !== undefined && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    chain.push(new X509Certificate(next.raw));
    next = next.issuerCertificate;
  }
  const { authorized, authorizationError } = socket;
  return {
    chain,
    isTrusted: authorized,
    ...(authorized ? {} : { problem: String(authorizationError) }),
  };
}

export class SocketTimeout extends Error {
  override readonly name = 'SocketTimeout';
}

// Building a context parses keys and roots, milliseconds each time; a policy object lives as long as its route.
const contexts = new WeakMap<TlsPolicy, SecureContext>();

// Most policies bring no keys and roots of their own; theirs is this one.
let plainContext: SecureContext | undefined;

function contextOf(policy: TlsPolicy): SecureContext {
  if (policy.ca === undefined && policy.key === undefined && policy.cert === undefined)
    return (plainContext ??= createSecureContext());
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
