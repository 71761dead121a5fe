// The site's own door to the web, for port 80 and with a certificate for port 443: answers the authority's challenges, and hands
// everything else on. Slow callers are cut off, and nothing is served from a disk.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { ChallengeBook } from './acme/challenge-book.ts';
import type { CertificateSource } from './certificate-source.ts';
import { followCertificate, serverTlsOptions } from './server-tls.ts';

export interface HttpDoorOptions {
  /** host:port, IPv6 in brackets; port 0 takes a free one. */
  readonly listen: string;
  /** The authority asks on port 80 only. */
  readonly challenges?: ChallengeBook;
  /** Present: HTTPS with this certificate, and every new one. */
  readonly certificate?: CertificateSource;
  /** For every other request (autoconfig); without it they are sent to the same address over HTTPS. */
  readonly otherwise?: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface HttpDoor extends AsyncDisposable {
  readonly port: number;
}

const limits = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 1000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 8192,
} as const;
const connectionsMax = 256;
/** A household has a few programs; one that holds all the places would keep the authority out as well. */
const connectionsPerAddressMax = 32;

export async function openHttpDoor({
  listen,
  challenges,
  certificate,
  otherwise = toHttps,
}: HttpDoorOptions): Promise<HttpDoor> {
  const answer: RequestListener = (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const body = request.method === 'GET' ? challenges?.bodyFor(path) : undefined;
    if (body === undefined) {
      otherwise(request, response);
      return;
    }
    // RFC 8555 §8.3: any type will do; this one is never run by a browser.
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(body);
  };
  const secure =
    certificate === undefined
      ? undefined
      : createTlsServer(
          { ...limits, handshakeTimeout: 5000, ...serverTlsOptions(certificate) },
          answer,
        );
  const server = secure ?? createServer(limits, answer);
  const following =
    secure === undefined || certificate === undefined
      ? undefined
      : followCertificate(secure, certificate);
  server.maxConnections = connectionsMax;
  limitEachAddress(server);
  const colon = listen.lastIndexOf(':');
  server.listen(
    Number(listen.slice(colon + 1)),
    listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
  );
  await once(server, 'listening');
  // What goes wrong with the listener later (EMFILE ...) must not take the process.
  server.on('error', () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      following?.[Symbol.dispose]();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function limitEachAddress(server: Server): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
    if (count > connectionsPerAddressMax) socket.destroy();
  });
}

/** Host names only: what stands in Host goes into a header of ours. */
function toHttps(request: IncomingMessage, response: ServerResponse): void {
  const host = /^([a-z0-9.-]{1,253})(?::\d+)?$/i.exec(request.headers.host ?? '')?.[1];
  const path = request.url ?? '/';
  if (host === undefined || !path.startsWith('/')) {
    response.writeHead(400).end();
    return;
  }
  // Found, not moved: Outlook follows this one only.
  response.writeHead(302, { location: `https://${host}${path}` }).end();
}
