// The sending of this home's people: suspensions, limits, and why somebody looks unusual.
import type { FastifyInstance } from 'fastify';
import type { AccountOperations } from '../account-operations.ts';
import { sendLimitsChangeSchema, suspendRequestSchema } from '../sending-schemas.ts';
import { done } from './route-routes.ts';

export interface SendingRoutes {
  readonly accounts: () => AccountOperations;
  /** The address in the path, checked. */
  readonly addressFrom: (parameters: unknown) => string;
}

export function sendingRoutes(
  server: FastifyInstance,
  { accounts, addressFrom }: SendingRoutes,
): void {
  server.put('/accounts/:address/suspension', async (request) =>
    accounts().suspend(addressFrom(request.params), suspendRequestSchema.parse(request.body)),
  );
  server.delete('/accounts/:address/suspension', async (request) =>
    accounts().resume(addressFrom(request.params)),
  );
  server.get('/accounts/:address/sending', async (request) =>
    accounts().explainSending(addressFrom(request.params)),
  );
  server.patch('/accounts/:address/send-limits', async (request, reply) => {
    const change = sendLimitsChangeSchema.parse(request.body);
    await accounts().setSendLimits(addressFrom(request.params), change);
    return done(reply);
  });
}
