// What both of our HTTP servers have in common: limits against slow and large callers, and errors that leak nothing.
//
// A caller has 5 s for its header, 10 s for its whole request and a connection of its own for no longer than it uses it;
// the body is small or refused; answers are never brotli and are only ever what a route made.
import type { ServerOptions } from 'node:http';
import { SiteApiError } from '../errors.ts';
import type { Logger } from '@restante/runtime';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { SecureContextOptions } from 'node:tls';
import { isOurFault, toHttpProblem } from './to-http-problem.ts';
import type { ExplainFailure } from './to-http-problem.ts';

export interface HttpServerOptions {
  readonly logger: Logger;
  readonly explain?: ExplainFailure;
  /** Present: HTTPS, and a certificate of this CA is demanded from every caller. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** A server that listens; dispose() refuses new requests, lets running ones end and lets go of the port. */
export interface ListeningServer extends AsyncDisposable {
  /** host:port as bound, for port 0. */
  readonly address: string;
  readonly port: number;
}

const bodyMaxBytes = 256 * 1024;
const connectionsMax = 256;

const slowCallers = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} satisfies ServerOptions;

export function createHttpServer({ logger, explain, tls }: HttpServerOptions): FastifyInstance {
  const shared = {
    bodyLimit: bodyMaxBytes,
    requestTimeout: slowCallers.requestTimeout,
    keepAliveTimeout: slowCallers.keepAliveTimeout,
    forceCloseConnections: 'idle' as const,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 400 },
  };
  const server = (
    tls === undefined
      ? fastify({ ...shared, http: slowCallers })
      : fastify({ ...shared, https: { ...slowCallers, ...mutualTls(tls) } })
  ) as FastifyInstance;
  server.server.maxConnections = connectionsMax;

  server.setErrorHandler(async (failure, request, reply) => {
    const problem = toHttpProblem(failure, explain);
    if (isOurFault(problem)) {
      logger.warn(
        {
          cause: failure,
          code: problem.code,
          method: request.method,
          route: request.routeOptions.url,
        },
        'A request failed.',
      );
    }
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify(problem));
  });
  server.setNotFoundHandler(noSuchPage);
  // RFC 9110 §8.3: an empty body with the JSON type is no body (a POST without anything to say).
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    parseJson(String(body), done);
  });
  server.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    reply.header('x-content-type-options', 'nosniff');
  });
  return server;
}

export function noSuchPage(): never {
  throw new SiteApiError('NOT_FOUND', { detail: 'There is no such page.' });
}

/** Binds; host:port with an IPv6 host in brackets. */
export async function listenOn(server: FastifyInstance, listen: string): Promise<ListeningServer> {
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  await server.listen({ host, port: Number(listen.slice(colon + 1)) });
  const bound = server.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    address: `${listen.slice(0, colon)}:${port}`,
    port,
    [Symbol.asyncDispose]: async () => server.close(),
  };
}

function mutualTls({
  ca,
  cert,
  key,
}: NonNullable<HttpServerOptions['tls']>): SecureContextOptions & {
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly handshakeTimeout: number;
} {
  // Both ends are ours, so there is nothing older to be kind to.
  return {
    ca,
    cert,
    key,
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: 10_000,
  };
}

function parseJson(body: string, done: (error: Error | null, value?: unknown) => void): void {
  if (body === '') {
    done(null, {});
    return;
  }
  try {
    done(null, JSON.parse(body));
  } catch (cause) {
    done(new SiteApiError('BAD_REQUEST', { detail: 'The body is not JSON.', cause }));
  }
}
