// The same operations, over the wire.
import type { JudgingOperations } from '../judging-operations.ts';
import { decisionsSchema, judgingAnswerSchema } from '../judging-schemas.ts';
import { askFor, type Wire } from './ask.ts';

export function judgingOver(wire: Wire): JudgingOperations {
  return {
    tryOut: async (body) =>
      askFor(wire, { method: 'POST', path: '/v1/judging/try-out', body }, judgingAnswerSchema),
    decisions: async (id) =>
      askFor(
        wire,
        { method: 'GET', path: `/v1/judging/decisions/${encodeURIComponent(id)}` },
        decisionsSchema,
      ),
  };
}
