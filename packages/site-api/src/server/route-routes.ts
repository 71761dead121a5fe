// Holding and releasing a whole route or a whole domain. Idempotent; answers 204.
import { parseDomain } from '@restante/mail-model';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { SiteApiError } from '../errors.ts';
import { routeSchema } from '../schemas.ts';
import type { SiteOperations } from '../site-operations.ts';

const routeParameter = z.object({ route: routeSchema });
const domainParameter = z.object({ domain: z.string().max(255) });

export function routeRoutes(server: FastifyInstance, operations: SiteOperations): void {
  server.post('/routes/:route/hold', async (request, reply) => {
    await operations.routeHold(routeParameter.parse(request.params).route);
    return done(reply);
  });
  server.post('/routes/:route/release', async (request, reply) => {
    await operations.routeRelease(routeParameter.parse(request.params).route);
    return done(reply);
  });
  server.post('/domains/:domain/hold', async (request, reply) => {
    await operations.domainHold(domainFrom(request.params));
    return done(reply);
  });
  server.post('/domains/:domain/release', async (request, reply) => {
    await operations.domainRelease(domainFrom(request.params));
    return done(reply);
  });
}

/** A domain as the rest of the product writes it: lower-case A-labels. */
export function domainFrom(parameters: unknown): string {
  const parsed = parseDomain(domainParameter.parse(parameters).domain);
  if (!parsed.ok) throw new SiteApiError('BAD_REQUEST', { detail: parsed.problem });
  return parsed.value;
}

export function done(reply: FastifyReply): FastifyReply {
  return reply.code(204).send();
}
