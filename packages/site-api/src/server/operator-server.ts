// The operators' door of a site: /metrics, /healthz and /readyz for machines that watch, /v1 for people and tools that
// act and hold the token. Loopback unless the cluster file says otherwise.
import type { Logger, Secret } from '@restante/runtime';
import { checkMeantSite, siteHeader } from '../site-header.ts';
import type { SiteOperations } from '../site-operations.ts';
import type { Readiness } from '../schemas.ts';
import { accountRoutes } from './account-routes.ts';
import { bearerCheck } from './bearer.ts';
import { doctorRoutes } from './doctor-routes.ts';
import { judgingRoutes } from './judging-routes.ts';
import { listRoutes } from './list-routes.ts';
import { mailboxRoutes } from './mailbox-routes.ts';
import { createHttpServer, listenOn, noSuchPage } from './http-server.ts';
import type { ListeningServer } from './http-server.ts';
import { reportsRoutes } from './reports-routes.ts';
import { queueRoutes } from './queue-routes.ts';
import { routeRoutes } from './route-routes.ts';
import type { ExplainFailure } from './to-http-problem.ts';

export interface OperatorServerOptions {
  /** host:port; port 0 takes a free one. */
  readonly listen: string;
  readonly token: Secret;
  /** Our own name; callers that mean another site are told so. */
  readonly site: string;
  readonly operations: SiteOperations;
  readonly metrics: { render(): Promise<string> | string };
  /** Accepting mail now, and if not, why, as sentences. */
  isReady(): Readiness | { readonly ready: boolean; readonly why: readonly string[] };
  readonly logger: Logger;
  /** Names failures of the site's parts for the caller. */
  readonly explain?: ExplainFailure;
}

export async function createOperatorServer(
  options: OperatorServerOptions,
): Promise<ListeningServer> {
  const { operations, metrics, logger, explain } = options;
  const server = createHttpServer({ logger, ...(explain ? { explain } : {}) });

  server.get('/metrics', async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8');
    return metrics.render();
  });
  server.get('/healthz', async () => ({ alive: true }));
  server.get('/readyz', async (_request, reply) => {
    const readiness = options.isReady();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });

  const check = bearerCheck(options.token);
  await server.register(
    async (v1) => {
      v1.addHook('onRequest', async (request) => {
        check(request.headers.authorization);
        checkMeantSite(request.headers[siteHeader], options.site);
      });
      // A path that does not exist runs the hook above too: it says nothing to somebody without the token.
      v1.setNotFoundHandler(noSuchPage);
      v1.get('/status', async () => operations.status());
      queueRoutes(v1, operations);
      routeRoutes(v1, operations);
      accountRoutes(v1, operations);
      mailboxRoutes(v1, operations);
      listRoutes(v1, operations);
      judgingRoutes(v1, operations);
      doctorRoutes(v1, operations);
      reportsRoutes(v1, operations);
    },
    { prefix: '/v1' },
  );
  return listenOn(server, options.listen);
}
