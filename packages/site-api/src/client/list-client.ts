// Lists and blocks as an operator sees them from outside: the same operations, over the wire.
import type { ListOperations } from '../judgement-operations.ts';
import {
  harvestBlockRowsSchema,
  listEntryRowSchema,
  listPageSchema,
} from '../judgement-schemas.ts';
import { ask, askFor, type Wire } from './ask.ts';

export function listsOver(wire: Wire): ListOperations {
  const isRemoved = async (path: string, query: Readonly<Record<string, string>> = {}) =>
    (await ask(wire, { method: 'DELETE', path, query, alsoFine: [404] })).status !== 404;
  return {
    list: async (filter) =>
      askFor(wire, { method: 'GET', path: '/v1/lists', query: { ...filter } }, listPageSchema),
    add: async (body) =>
      askFor(wire, { method: 'POST', path: '/v1/lists', body }, listEntryRowSchema),
    remove: async (id, author) => isRemoved(`/v1/lists/${encodeURIComponent(id)}`, { author }),
    harvestBlocks: async () =>
      askFor(wire, { method: 'GET', path: '/v1/harvest-blocks' }, harvestBlockRowsSchema),
    harvestUnblock: async (subject) =>
      isRemoved(`/v1/harvest-blocks/${encodeURIComponent(subject)}`),
  };
}
