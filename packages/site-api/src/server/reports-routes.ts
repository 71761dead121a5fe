// Counted reports of others, and our own sent now. A site that counts none says so.
import type { FastifyInstance } from 'fastify';
import { SiteApiError } from '../errors.ts';
import type { ReportsOperations } from '../reports-operations.ts';
import { reportsFilterSchema, sourcesFilterSchema } from '../reports-schemas.ts';
import type { SiteOperations } from '../site-operations.ts';

export function reportsRoutes(
  server: FastifyInstance,
  operations: Pick<SiteOperations, 'reports'>,
): void {
  const reports = (): ReportsOperations => {
    if (operations.reports) return operations.reports;
    throw new SiteApiError('NOT_POSSIBLE', { detail: 'This site counts no reports.' });
  };
  server.get('/reports/complaints', async (request) =>
    reports().complaints(reportsFilterSchema.parse(request.query)),
  );
  server.get('/reports/dmarc', async (request) =>
    reports().dmarc(reportsFilterSchema.parse(request.query)),
  );
  server.get('/reports/sources', async (request) =>
    reports().sources(sourcesFilterSchema.parse(request.query)),
  );
  server.post('/reports/send', async () => reports().sendDue());
}
