// The people of this home: accounts and app passwords, aliases and catch-alls. A site that is the home of nobody answers
// NO_ACCOUNTS_HERE.
import { parseAddress } from '@restante/mail-model';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { SiteApiError } from '../errors.ts';
import {
  accountChangeSchema,
  aliasTargetsSchema,
  catchAllSchema,
  domainQuerySchema,
  importRequestSchema,
  newAccountSchema,
  newAppPasswordSchema,
} from '../account-schemas.ts';
import type { AccountOperations } from '../account-operations.ts';
import type { SiteOperations } from '../site-operations.ts';
import { domainFrom, done } from './route-routes.ts';
import { sendingRoutes } from './sending-routes.ts';

const addressParameter = z.object({ address: z.string().max(320) });
const idParameter = z.object({ id: z.string().max(100) });
type People = () => AccountOperations;

export function accountRoutes(server: FastifyInstance, operations: SiteOperations): void {
  const accounts = (): AccountOperations => {
    if (!operations.accounts) throw new SiteApiError('NO_ACCOUNTS_HERE');
    return operations.accounts;
  };

  accountsOf(server, accounts);
  sendingRoutes(server, { accounts, addressFrom });
  appPasswordsOf(server, accounts);
  aliasesOf(server, accounts);
}

function accountsOf(server: FastifyInstance, accounts: People): void {
  server.get('/accounts', async (request) =>
    accounts().list(domainQuerySchema.parse(request.query).domain),
  );
  server.post('/accounts', async (request, reply) => {
    const account = newAccountSchema.parse(request.body);
    const row = await accounts().add({ ...account, address: checked(account.address) });
    return reply.code(201).send(row);
  });
  server.get('/accounts/:address', async (request) => accounts().show(addressFrom(request.params)));
  server.patch('/accounts/:address', async (request, reply) => {
    const address = addressFrom(request.params);
    const change = accountChangeSchema.parse(request.body);
    const { password, state, junk, filtering, ...quota } = change;
    if (password !== undefined) await accounts().setPassword(address, password);
    if (Object.keys(quota).length > 0) await accounts().setQuota(address, quota);
    if (junk !== undefined || filtering !== undefined)
      await accounts().setFiltering(address, {
        ...(junk !== undefined && { junk }),
        ...(filtering !== undefined && { filtering }),
      });
    if (state !== undefined) await accounts().setState(address, state);
    return done(reply);
  });
  server.delete('/accounts/:address', async (request, reply) => {
    await accounts().remove(addressFrom(request.params));
    return done(reply);
  });
  server.post('/account-imports', async (request) =>
    accounts().import(importRequestSchema.parse(request.body)),
  );
  server.get('/account-exports', async (request) =>
    accounts().exportWithHashes(domainQuerySchema.parse(request.query).domain),
  );
}

function appPasswordsOf(server: FastifyInstance, accounts: People): void {
  server.get('/accounts/:address/app-passwords', async (request) =>
    accounts().appPasswords(addressFrom(request.params)),
  );
  server.post('/accounts/:address/app-passwords', async (request, reply) => {
    const wanted = newAppPasswordSchema.parse(request.body);
    const made = await accounts().addAppPassword(addressFrom(request.params), wanted);
    return reply.code(201).send(made);
  });
  server.delete('/accounts/:address/app-passwords/:id', async (request, reply) => {
    const { id } = idParameter.parse(request.params);
    await accounts().revokeAppPassword(addressFrom(request.params), id);
    return done(reply);
  });
}

function aliasesOf(server: FastifyInstance, accounts: People): void {
  server.get('/aliases', async (request) =>
    accounts().aliases(domainQuerySchema.parse(request.query).domain),
  );
  server.put('/aliases/:address', async (request, reply) => {
    const { targets } = aliasTargetsSchema.parse(request.body);
    await accounts().setAlias(addressFrom(request.params), targets.map(checked));
    return done(reply);
  });
  server.delete('/aliases/:address', async (request, reply) => {
    await accounts().removeAlias(addressFrom(request.params));
    return done(reply);
  });
  server.put('/domains/:domain/catch-all', async (request, reply) => {
    const { target } = catchAllSchema.parse(request.body);
    await accounts().setCatchAll(
      domainFrom(request.params),
      target === null ? undefined : checked(target),
    );
    return done(reply);
  });
  server.get('/catch-alls', async () => accounts().catchAlls());
}

function addressFrom(parameters: unknown): string {
  return checked(addressParameter.parse(parameters).address);
}

function checked(text: string): string {
  const parsed = parseAddress(text);
  if (!parsed.ok)
    throw new SiteApiError('BAD_REQUEST', { detail: `${JSON.stringify(text)}: ${parsed.problem}` });
  return `${parsed.value.local}@${parsed.value.domain}`;
}
