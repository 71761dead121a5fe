// Trying out how this site judges, and asking why it judged as it did.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { SiteApiError } from '../errors.ts';
import type { JudgingOperations } from '../judging-operations.ts';
import { judgingBodyMax, judgingQuestionSchema } from '../judging-schemas.ts';
import type { SiteOperations } from '../site-operations.ts';

const idParameter = z.object({ id: z.string().min(1).max(400) });
const envelopeRoomBytes = 8192;

export function judgingRoutes(server: FastifyInstance, operations: SiteOperations): void {
  const judging = (): JudgingOperations => {
    if (!operations.judging)
      throw new SiteApiError('NOT_POSSIBLE', { detail: 'This site judges nobody.' });
    return operations.judging;
  };
  server.post(
    '/judging/try-out',
    { bodyLimit: judgingBodyMax + envelopeRoomBytes },
    async (request) => judging().tryOut(judgingQuestionSchema.parse(request.body)),
  );
  server.get('/judging/decisions/:id', async (request) =>
    judging().decisions(idParameter.parse(request.params).id),
  );
}
