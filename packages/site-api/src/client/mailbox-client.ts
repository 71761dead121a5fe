// Work on mailboxes as an operator asks for it from outside: the same operations, over the wire.
import type { MailboxOperations } from '../mailbox-operations.ts';
import { recoverableListSchema, transferJobSchema, undeletedSchema } from '../mailbox-schemas.ts';
import { ask, askFor, type Wire } from './ask.ts';

export function mailboxesOver(wire: Wire): MailboxOperations {
  const mailbox = (address: string, verb: string) =>
    `/v1/mailboxes/${encodeURIComponent(address)}/${verb}`;
  const transfer = (id: string) => `/v1/transfers/${encodeURIComponent(id)}`;
  const post = { method: 'POST' } as const;
  return {
    startImport: async (address, body) =>
      askFor(wire, { ...post, path: mailbox(address, 'import'), body }, transferJobSchema),
    startExport: async (address, body) =>
      askFor(wire, { ...post, path: mailbox(address, 'export'), body }, transferJobSchema),
    job: async (id) => askFor(wire, { method: 'GET', path: transfer(id) }, transferJobSchema),
    cancelJob: async (id) => void (await ask(wire, { method: 'DELETE', path: transfer(id) })),
    recoverable: async (address, filter) =>
      askFor(
        wire,
        { method: 'GET', path: mailbox(address, 'deleted'), query: { ...filter } },
        recoverableListSchema,
      ),
    undelete: async (address, body) =>
      askFor(wire, { ...post, path: mailbox(address, 'undelete'), body }, undeletedSchema),
  };
}
