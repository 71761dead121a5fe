// POST /v1/doctor looks now; GET /v1/doctor tells the last look. A site without a doctor answers NOT_POSSIBLE.
import type { FastifyInstance } from 'fastify';
import type { DoctorOperations } from '../doctor-operations.ts';
import { SiteApiError } from '../errors.ts';

export function doctorRoutes(
  server: FastifyInstance,
  operations: { readonly doctor?: DoctorOperations | undefined },
): void {
  const doctor = (): DoctorOperations => {
    if (operations.doctor) return operations.doctor;
    throw new SiteApiError('NOT_POSSIBLE', { detail: 'this site has no doctor' });
  };

  server.post('/doctor', async () => doctor().run());
  server.get('/doctor', async () => {
    const last = await doctor().last();
    if (last) return last;
    throw new SiteApiError('NOT_FOUND', { detail: 'the doctor has not looked yet' });
  });
}
