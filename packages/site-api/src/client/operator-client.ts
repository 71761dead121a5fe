// A site as its operator sees it from outside: the same operations, over the wire. Every failure is a SiteApiError.
import type { Secret } from '@restante/runtime';
import { Agent } from 'undici';
import {
  queueDetailSchema,
  queuePageSchema,
  readinessSchema,
  siteStatusSchema,
  timelineSchema,
  touchedSchema,
} from '../schemas.ts';
import type { Readiness } from '../schemas.ts';
import type { AccountOperations } from '../account-operations.ts';
import type { ListOperations } from '../judgement-operations.ts';
import type { DoctorOperations } from '../doctor-operations.ts';
import type { JudgingOperations } from '../judging-operations.ts';
import type { MailboxOperations } from '../mailbox-operations.ts';
import type { ReportsOperations } from '../reports-operations.ts';
import type { QueueFilter, SiteOperations } from '../site-operations.ts';
import { siteHeader } from '../site-header.ts';
import { accountsOver } from './account-client.ts';
import { doctorOver } from './doctor-client.ts';
import { judgingOver } from './judging-client.ts';
import { listsOver } from './list-client.ts';
import { mailboxesOver } from './mailbox-client.ts';
import { reportsOver } from './reports-client.ts';
import { ask, askFor, shaped } from './ask.ts';
import type { Wire } from './ask.ts';

export interface OperatorClient
  extends
    Omit<SiteOperations, 'accounts' | 'mailboxes' | 'lists' | 'judging' | 'doctor' | 'reports'>,
    AsyncDisposable {
  /** Throws NO_ACCOUNTS_HERE on use when the site is the home of nobody. */
  readonly accounts: AccountOperations;
  /** Likewise. */
  readonly mailboxes: MailboxOperations;
  /** NOT_POSSIBLE when the site keeps none. */
  readonly lists: ListOperations;
  readonly judging: JudgingOperations;
  /** NOT_POSSIBLE when the site has none. */
  readonly doctor: DoctorOperations;
  /** NOT_POSSIBLE when the site counts none. */
  readonly reports: ReportsOperations;
  /** True when the process answers at all; needs no token. */
  isAlive(): Promise<boolean>;
  readiness(): Promise<Readiness>;
  /** Prometheus text. */
  metrics(): Promise<string>;
}

export interface OperatorClientOptions {
  /** For example http://127.0.0.1:8025 */
  readonly baseUrl: string;
  readonly token: Secret;
  /** The site that is meant; another one that listens at the same address then says so instead of answering. */
  readonly site?: string;
  readonly timeoutMs?: number;
}

const answerMaxBytes = 32 * 1024 * 1024;

export function createOperatorClient({
  baseUrl,
  token,
  site,
  timeoutMs = 15_000,
}: OperatorClientOptions): OperatorClient {
  const dispatcher = new Agent({ allowH2: false, connect: { timeout: 3_000 }, connections: 4 });
  const wire: Wire = {
    baseUrl,
    dispatcher,
    answerMaxBytes,
    timeoutMs,
    headers: {
      authorization: `Bearer ${token.reveal()}`,
      ...(site === undefined ? {} : { [siteHeader]: site }),
    },
  };
  const get = { method: 'GET' } as const;
  const post = { method: 'POST' } as const;
  const touch = async (verb: string, body: unknown) =>
    askFor(wire, { ...post, path: `/v1/queue/${verb}`, body }, touchedSchema);
  const tell = async (path: string) => void (await ask(wire, { ...post, path }));

  return {
    status: async () => askFor(wire, { ...get, path: '/v1/status' }, siteStatusSchema),
    queueList: async (filter) =>
      askFor(wire, { ...get, path: '/v1/queue', query: queryOf(filter) }, queuePageSchema),
    queueShow: async (id) => {
      const answer = await ask(wire, {
        ...get,
        path: `/v1/queue/${encodeURIComponent(id)}`,
        alsoFine: [404],
      });
      return answer.status === 404 ? undefined : shaped(answer, queueDetailSchema);
    },
    queueRetry: async (selection) => touch('retry', { selection }),
    queueHold: async (selection, reason) => touch('hold', { selection, reason }),
    queueRelease: async (selection) => touch('release', { selection }),
    queueDelete: async (selection, by) => touch('delete', { selection, by }),
    routeHold: async (route) => tell(`/v1/routes/${encodeURIComponent(route)}/hold`),
    routeRelease: async (route) => tell(`/v1/routes/${encodeURIComponent(route)}/release`),
    domainHold: async (domain) => tell(`/v1/domains/${encodeURIComponent(domain)}/hold`),
    domainRelease: async (domain) => tell(`/v1/domains/${encodeURIComponent(domain)}/release`),
    trace: async (message) =>
      askFor(wire, { ...get, path: `/v1/trace/${encodeURIComponent(message)}` }, timelineSchema),
    accounts: accountsOver(wire),
    mailboxes: mailboxesOver(wire),
    lists: listsOver(wire),
    judging: judgingOver(wire),
    doctor: doctorOver(wire),
    reports: reportsOver(wire),
    isAlive: async () => (await ask(wire, { ...get, path: '/healthz' })).status === 200,
    readiness: async () =>
      askFor(wire, { ...get, path: '/readyz', alsoFine: [503] }, readinessSchema),
    metrics: async () => (await ask(wire, { ...get, path: '/metrics' })).body.toString('utf8'),
    [Symbol.asyncDispose]: async () => dispatcher.close(),
  };
}

function queryOf(filter: QueueFilter): Record<string, string | number | boolean | undefined> {
  return { ...filter };
}
