// Work on the mailboxes of this home: imports, exports, deleted mail. A site that is the home of nobody answers NO_ACCOUNTS_HERE.
import { parseAddress } from '@restante/mail-model';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { SiteApiError } from '../errors.ts';
import type { MailboxOperations } from '../mailbox-operations.ts';
import {
  exportMailSchema,
  importMailSchema,
  recoverableQuerySchema,
  undeleteSchema,
} from '../mailbox-schemas.ts';
import type { SiteOperations } from '../site-operations.ts';
import { done } from './route-routes.ts';

const addressParameter = z.object({ address: z.string().max(320) });
const idParameter = z.object({ id: z.string().max(100) });

export function mailboxRoutes(server: FastifyInstance, operations: SiteOperations): void {
  const mailboxes = (): MailboxOperations => {
    if (!operations.mailboxes) throw new SiteApiError('NO_ACCOUNTS_HERE');
    return operations.mailboxes;
  };

  server.post('/mailboxes/:address/import', async (request, reply) => {
    const job = await mailboxes().startImport(
      addressFrom(request.params),
      importMailSchema.parse(request.body),
    );
    return reply.code(202).send(job);
  });
  server.post('/mailboxes/:address/export', async (request, reply) => {
    const job = await mailboxes().startExport(
      addressFrom(request.params),
      exportMailSchema.parse(request.body),
    );
    return reply.code(202).send(job);
  });
  server.get('/transfers/:id', async (request) =>
    mailboxes().job(idParameter.parse(request.params).id),
  );
  server.delete('/transfers/:id', async (request, reply) => {
    await mailboxes().cancelJob(idParameter.parse(request.params).id);
    return done(reply);
  });
  server.get('/mailboxes/:address/deleted', async (request) =>
    mailboxes().recoverable(
      addressFrom(request.params),
      recoverableQuerySchema.parse(request.query),
    ),
  );
  server.post('/mailboxes/:address/undelete', async (request) =>
    mailboxes().undelete(addressFrom(request.params), undeleteSchema.parse(request.body)),
  );
}

function addressFrom(parameters: unknown): string {
  const { address } = addressParameter.parse(parameters);
  const parsed = parseAddress(address);
  if (!parsed.ok)
    throw new SiteApiError('BAD_REQUEST', {
      detail: `${JSON.stringify(address)}: ${parsed.problem}`,
    });
  return `${parsed.value.local}@${parsed.value.domain}`;
}
