// The site's own listener on port 80: answers the authority's challenges, and hands everything else on.
//
// A request is a line and a header here: bodies are not read, slow callers are cut off, and nothing is served from a disk.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChallengeBook } from './acme/challenge-book.ts';

export interface HttpDoorOptions {
  /** host:port, IPv6 in brackets; port 0 takes a free one. */
  readonly listen: string;
  readonly challenges: ChallengeBook;
  /** For every other request (autoconfig); without it they are sent to the same address over HTTPS. */
  readonly otherwise?: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface HttpDoor extends AsyncDisposable {
  readonly port: number;
}

export async function openHttpDoor({
  listen,
  challenges,
  otherwise = toHttps,
}: HttpDoorOptions): Promise<HttpDoor> {
  const server = createServer(
    {
      headersTimeout: 5000,
      requestTimeout: 10_000,
      keepAliveTimeout: 1000,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 8192,
    },
    (request, response) => {
      const body =
        request.method === 'GET'
          ? challenges.bodyFor(request.url?.split('?', 1)[0] ?? '')
          : undefined;
      if (body === undefined) {
        otherwise(request, response);
        return;
      }
      // RFC 8555 §8.3: any type will do; this one is never run by a browser.
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(body);
    },
  );
  server.maxConnections = 256;
  const colon = listen.lastIndexOf(':');
  server.listen(
    Number(listen.slice(colon + 1)),
    listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
  );
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Host names only: what stands in Host goes into a header of ours. */
function toHttps(request: IncomingMessage, response: ServerResponse): void {
  const host = /^([a-z0-9.-]{1,253})(?::\d+)?$/i.exec(request.headers.host ?? '')?.[1];
  const path = request.url ?? '/';
  if (host === undefined || !path.startsWith('/')) {
    response.writeHead(400).end();
    return;
  }
  response.writeHead(301, { location: `https://${host}${path}` }).end();
}
