// What another site knows of strangers, and telling it what we know.
import type { JudgementNews, JudgementPage, Judgements } from '../judgement-operations.ts';
import { judgementNewsSchema, judgementPageSchema } from '../judgement-schemas.ts';
import { askFor, type Wire } from './ask.ts';

export interface JudgementClient {
  /** NOT_FOUND from a site that shares nothing. */
  since(cursor: string | undefined): Promise<JudgementPage>;
  /** At most 200 KiB as JSON. */
  tell(told: Judgements): Promise<JudgementNews>;
}

export function judgementsOver(wire: Wire): JudgementClient {
  const path = '/v1/judgements';
  return {
    since: async (since) =>
      askFor(wire, { method: 'GET', path, query: { since } }, judgementPageSchema),
    tell: async (body) => askFor(wire, { method: 'POST', path, body }, judgementNewsSchema),
  };
}
