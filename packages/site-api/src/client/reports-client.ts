// Counted reports as an operator sees them from outside: the same operations, over the wire.
import type { ReportsOperations } from '../reports-operations.ts';
import {
  complaintRowsSchema,
  dmarcRowsSchema,
  sentReportRowsSchema,
  sourceRowsSchema,
} from '../reports-schemas.ts';
import { askFor, type Wire } from './ask.ts';

/** Every destination is looked up in DNS. */
const sendingPatienceMs = 330_000;

export function reportsOver(wire: Wire): ReportsOperations {
  const get = (what: string, filter: object) =>
    ({ method: 'GET', path: `/v1/reports/${what}`, query: { ...filter } }) as const;
  return {
    complaints: async (filter) => askFor(wire, get('complaints', filter), complaintRowsSchema),
    dmarc: async (filter) => askFor(wire, get('dmarc', filter), dmarcRowsSchema),
    sources: async (filter) => askFor(wire, get('sources', filter), sourceRowsSchema),
    sendDue: async () =>
      askFor(
        { ...wire, timeoutMs: sendingPatienceMs },
        { method: 'POST', path: '/v1/reports/send' },
        sentReportRowsSchema,
      ),
  };
}
