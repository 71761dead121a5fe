// What waits at this site: looking at it and acting on it. A selection is always named; nothing is ever deleted by
// leaving something out.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { SiteApiError } from '../errors.ts';
import { queueFilterQuerySchema, queueSelectionSchema } from '../schemas.ts';
import type { SiteOperations } from '../site-operations.ts';

const idParameter = z.object({ id: z.string().max(64) });
const messageParameter = z.object({ message: z.string().min(1).max(400) });
const selectionBody = z.strictObject({ selection: queueSelectionSchema });
const holdBody = selectionBody.extend({
  reason: z.string().min(1).max(500).default('Held by the operator.'),
});
const deleteBody = selectionBody.extend({ by: z.string().min(1).max(200).default('operator') });

export function queueRoutes(server: FastifyInstance, operations: SiteOperations): void {
  server.get('/queue', async (request) =>
    operations.queueList(queueFilterQuerySchema.parse(request.query)),
  );

  server.get('/queue/:id', async (request) => {
    const { id } = idParameter.parse(request.params);
    const detail = await operations.queueShow(id);
    if (!detail)
      throw new SiteApiError('NOT_FOUND', {
        detail: `No message ${JSON.stringify(id)} waits here.`,
      });
    return detail;
  });

  server.post('/queue/retry', async (request) =>
    operations.queueRetry(selectionBody.parse(request.body).selection),
  );
  server.post('/queue/release', async (request) =>
    operations.queueRelease(selectionBody.parse(request.body).selection),
  );
  server.post('/queue/hold', async (request) => {
    const { selection, reason } = holdBody.parse(request.body);
    return operations.queueHold(selection, reason);
  });
  server.post('/queue/delete', async (request) => {
    const { selection, by } = deleteBody.parse(request.body);
    if (selection.filter && Object.keys(selection.filter).length === 0) {
      throw new SiteApiError('BAD_REQUEST', {
        detail: 'Deleting needs ids or a filter that names something.',
      });
    }
    return operations.queueDelete(selection, by);
  });

  server.get('/trace/:message', async (request) =>
    operations.trace(messageParameter.parse(request.params).message),
  );
}
