// The peers' door of a site: HTTPS, and only for certificates of the cluster's CA that name a site of the cluster.
// The handshake refuses everybody else before HTTP begins; the name is checked again for every request.
import { promisify } from 'node:util';
import type { TLSSocket } from 'node:tls';
import { gzip } from 'node:zlib';
import type { Logger } from '@restante/runtime';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SiteApiError } from '../errors.ts';
import { recipientsQuerySchema } from '../schemas.ts';
import type { PeerOperations } from '../site-operations.ts';
import { createHttpServer, listenOn } from './http-server.ts';
import type { ListeningServer } from './http-server.ts';
import { judgementRoutes } from './judgement-routes.ts';
import type { ExplainFailure } from './to-http-problem.ts';

export interface PeerServerOptions {
  /** host:port; port 0 takes a free one. */
  readonly listen: string;
  /** PEM texts: the cluster's CA, this site's certificate and key. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  /** The site behind a certificate's common name; undefined: not one of ours. */
  peerOf(commonName: string): string | undefined;
  readonly operations: PeerOperations;
  readonly logger: Logger;
  readonly explain?: ExplainFailure;
}

const compressFromBytes = 1400;
const messageParameter = z.object({ message: z.string().min(1).max(400) });
const compress = promisify(gzip);

export async function createPeerServer(options: PeerServerOptions): Promise<ListeningServer> {
  const { operations, logger, explain, tls } = options;
  const server = createHttpServer({ logger, tls, ...(explain ? { explain } : {}) });

  const peerOf = (request: FastifyRequest): string => {
    const name = commonNameOf(request);
    const peer = name === undefined ? undefined : options.peerOf(name);
    if (peer === undefined) {
      throw new SiteApiError('NOT_AUTHORIZED', {
        detail: 'This certificate does not name a site of the cluster.',
      });
    }
    return peer;
  };
  server.addHook('onRequest', async (request) => void peerOf(request));

  server.get('/v1/health', async () => operations.health());
  server.get('/v1/sent', async () => operations.sent());
  server.get('/v1/stopped', async () => operations.stopped());
  server.get('/v1/trace/:message', async (request) =>
    operations.trace(messageParameter.parse(request.params).message),
  );
  judgementRoutes(server, operations, peerOf);
  server.get('/v1/recipients', async (request, reply) => {
    const { epoch, version } = recipientsQuerySchema.parse(request.query);
    const since = epoch === undefined || version === undefined ? undefined : { epoch, version };
    const snapshot = await operations.recipients(since);
    // RFC 9110 §15.4.5 and §15.3.5: what you have is current; or there is nothing to have.
    if (snapshot === undefined) return reply.code(since ? 304 : 204).send();
    const body = Buffer.from(JSON.stringify(snapshot));
    reply.type('application/json; charset=utf-8');
    if (body.length < compressFromBytes || !acceptsGzip(request)) return reply.send(body);
    return reply.header('content-encoding', 'gzip').send(await compress(body));
  });
  return listenOn(server, options.listen);
}

function commonNameOf(request: FastifyRequest): string | undefined {
  const socket = request.raw.socket as TLSSocket;
  if (!socket.authorized) return undefined;
  // A certificate with several common names is not one of ours.
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : undefined;
}

function acceptsGzip(request: FastifyRequest): boolean {
  return /(?:^|[\s,])gzip(?:[\s,;]|$)/.test(request.headers['accept-encoding'] ?? '');
}
