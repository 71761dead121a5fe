// The people of a home as an operator sees them from outside: the same operations, over the wire.
import type { AccountOperations } from '../account-operations.ts';
import {
  accountRowSchema,
  accountRowsSchema,
  aliasRowsSchema,
  appPasswordRowsSchema,
  catchAllRowsSchema,
  exportedRowsSchema,
  importedRowsSchema,
  madeAppPasswordSchema,
} from '../account-schemas.ts';
import { sendingOver } from './sending-client.ts';
import { ask, askFor, type Question, type Wire } from './ask.ts';

export function accountsOver(wire: Wire): AccountOperations {
  const account = (address: string) => `/v1/accounts/${encodeURIComponent(address)}`;
  const appPasswords = (address: string) => `${account(address)}/app-passwords`;
  const alias = (address: string) => `/v1/aliases/${encodeURIComponent(address)}`;
  const get = (path: string, domain?: string): Question => ({
    method: 'GET',
    path,
    query: { domain },
  });
  const tell = async (method: Question['method'], path: string, body?: unknown) =>
    void (await ask(wire, { method, path, ...(body === undefined ? {} : { body }) }));
  return {
    ...sendingOver(wire),
    add: async (body) =>
      askFor(wire, { method: 'POST', path: '/v1/accounts', body }, accountRowSchema),
    list: async (domain) => askFor(wire, get('/v1/accounts', domain), accountRowsSchema),
    show: async (address) => askFor(wire, get(account(address)), accountRowSchema),
    remove: async (address) => tell('DELETE', account(address)),
    setPassword: async (address, password) => tell('PATCH', account(address), { password }),
    setState: async (address, state) => tell('PATCH', account(address), { state }),
    setQuota: async (address, change) => tell('PATCH', account(address), change),
    setFiltering: async (address, change) => tell('PATCH', account(address), change),
    import: async (body) =>
      askFor(wire, { method: 'POST', path: '/v1/account-imports', body }, importedRowsSchema),
    exportWithHashes: async (domain) =>
      askFor(wire, get('/v1/account-exports', domain), exportedRowsSchema),
    appPasswords: async (address) =>
      askFor(wire, get(appPasswords(address)), appPasswordRowsSchema),
    addAppPassword: async (address, body) =>
      askFor(wire, { method: 'POST', path: appPasswords(address), body }, madeAppPasswordSchema),
    revokeAppPassword: async (address, id) =>
      tell('DELETE', `${appPasswords(address)}/${encodeURIComponent(id)}`),
    aliases: async (domain) => askFor(wire, get('/v1/aliases', domain), aliasRowsSchema),
    setAlias: async (address, targets) => tell('PUT', alias(address), { targets }),
    removeAlias: async (address) => tell('DELETE', alias(address)),
    catchAlls: async () => askFor(wire, get('/v1/catch-alls'), catchAllRowsSchema),
    setCatchAll: async (domain, target) =>
      tell('PUT', `/v1/domains/${encodeURIComponent(domain)}/catch-all`, {
        target: target ?? null,
      }),
  };
}
