// The sending of a home's people as an operator sees it from outside.
import type { SendingOperations } from '../sending-operations.ts';
import { resumedSchema, sendingExplainedSchema, suspendedSchema } from '../sending-schemas.ts';
import { ask, askFor, type Wire } from './ask.ts';

export function sendingOver(wire: Wire): SendingOperations {
  const path = (address: string, what: string) =>
    `/v1/accounts/${encodeURIComponent(address)}/${what}`;
  return {
    suspend: async (address, body) =>
      askFor(wire, { method: 'PUT', path: path(address, 'suspension'), body }, suspendedSchema),
    resume: async (address) =>
      askFor(wire, { method: 'DELETE', path: path(address, 'suspension') }, resumedSchema),
    explainSending: async (address) =>
      askFor(wire, { method: 'GET', path: path(address, 'sending') }, sendingExplainedSchema),
    setSendLimits: async (address, body) =>
      void (await ask(wire, { method: 'PATCH', path: path(address, 'send-limits'), body })),
  };
}
