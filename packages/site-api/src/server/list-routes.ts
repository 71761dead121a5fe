// Block and allow lists of the operator, and who is blocked for guessing addresses. A site that keeps none says so.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { SiteApiError } from '../errors.ts';
import type { ListOperations } from '../judgement-operations.ts';
import {
  authorQuerySchema,
  listFilterQuerySchema,
  newListEntrySchema,
} from '../judgement-schemas.ts';
import type { SiteOperations } from '../site-operations.ts';
import { done } from './route-routes.ts';

const idParameter = z.object({ id: z.string().min(1).max(64) });
const subjectParameter = z.object({ subject: z.string().min(1).max(100) });

export function listRoutes(server: FastifyInstance, operations: SiteOperations): void {
  const lists = (): ListOperations => {
    if (!operations.lists)
      throw new SiteApiError('NOT_POSSIBLE', { detail: 'This site keeps no lists.' });
    return operations.lists;
  };

  server.get('/lists', async (request) => lists().list(listFilterQuerySchema.parse(request.query)));
  server.post('/lists', async (request, reply) => {
    const row = await lists().add(newListEntrySchema.parse(request.body));
    return reply.code(201).send(row);
  });
  server.delete('/lists/:id', async (request, reply) => {
    const { id } = idParameter.parse(request.params);
    const { author } = authorQuerySchema.parse(request.query);
    if (!(await lists().remove(id, author)))
      throw new SiteApiError('NOT_FOUND', { detail: `There is no entry ${JSON.stringify(id)}.` });
    return done(reply);
  });

  server.get('/harvest-blocks', async () => lists().harvestBlocks());
  server.delete('/harvest-blocks/:subject', async (request, reply) => {
    const { subject } = subjectParameter.parse(request.params);
    if (!(await lists().harvestUnblock(subject)))
      throw new SiteApiError('NOT_FOUND', { detail: `${JSON.stringify(subject)} is not blocked.` });
    return done(reply);
  });
}
