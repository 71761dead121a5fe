// What sites tell each other about strangers: asked for, and said unasked. A site that shares nothing has no such page.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { judgementsQuerySchema, judgementsSchema } from '../judgement-schemas.ts';
import type { PeerOperations } from '../site-operations.ts';
import { noSuchPage } from './http-server.ts';

export function judgementRoutes(
  server: FastifyInstance,
  { judgements }: PeerOperations,
  peerOf: (request: FastifyRequest) => string,
): void {
  server.get('/v1/judgements', async (request) => {
    const { since } = judgementsQuerySchema.parse(request.query);
    return (judgements ?? noSuchPage()).since(since);
  });
  server.post('/v1/judgements', async (request) =>
    (judgements ?? noSuchPage()).note(peerOf(request), judgementsSchema.parse(request.body)),
  );
}
