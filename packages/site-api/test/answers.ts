// A site for these tests: a real implementation of the port that remembers what it was asked.
import { SiteApiError } from '../src/index.ts';
import type { AccountRow, SiteOperations, SiteStatus } from '../src/index.ts';

export const status: SiteStatus = {
  site: 'us',
  version: '0.1.0',
  pid: 1,
  startedAtMs: 1000,
  nowMs: 2000,
  isAccepting: true,
  degraded: [],
  spool: { messages: 1, held: 0, sizeBytes: 10, diskFreeBytes: 99, corrupt: 0, isLoaded: true },
  redis: { isReachable: true },
  routes: [
    {
      route: 'peer:shanghai',
      waiting: 1,
      delayed: 0,
      active: 0,
      heldBy: ['health'],
      ratePerSecond: 0,
    },
  ],
  peers: [{ site: 'shanghai', state: 'down', sinceMs: 1500, lastProblem: 'tcp: refused' }],
  counters: { accepted: 1, delivered: 0, deferred: 0, rejected: 0, bounced: 0, duplicates: 0 },
};

export function siteInMemory(): SiteOperations & { readonly asked: unknown[][] } {
  const asked: unknown[][] = [];
  const people = new Map<string, AccountRow>();
  const note =
    <T>(name: string, answer: T) =>
    async (...given: unknown[]): Promise<T> => {
      asked.push([name, ...given]);
      return answer;
    };
  const row = {
    id: 'm1',
    sender: '',
    recipients: ['ana@shanghai.example'],
    sizeBytes: 10,
    acceptedAtMs: 1000,
    routes: ['peer:shanghai' as const],
    state: 'waiting' as const,
    attempts: 0,
  };
  return {
    asked,
    status: async () => status,
    queueList: note('list', { rows: [row], total: 1 }),
    queueShow: async (id) =>
      id === 'm1'
        ? {
            ...row,
            messageId: 'm1',
            origin: { site: 'us', receivedAtMs: 1 },
            outcomes: [],
            header: 'Subject: x\r\n',
          }
        : undefined,
    queueRetry: note('retry', { count: 1 }),
    queueHold: note('hold', { count: 2 }),
    queueRelease: note('release', { count: 3 }),
    queueDelete: note('delete', { count: 4 }),
    routeHold: note('route hold', undefined),
    routeRelease: note('route release', undefined),
    domainHold: note('domain hold', undefined),
    domainRelease: note('domain release', undefined),
    trace: async (message) => {
      if (message === 'boom') throw new Error('ENOENT /very/secret/path');
      return [{ atMs: 1, site: 'us', what: 'accepted', detail: message }];
    },
    accounts: {
      add: async ({ address, quotaBytes }) => {
        const account: AccountRow = {
          address,
          state: 'active',
          usageBytes: 0,
          ...(quotaBytes === undefined ? {} : { quotaBytes }),
        };
        people.set(address, account);
        return account;
      },
      list: async () => [...people.values()],
      show: async (address) => {
        const account = people.get(address);
        if (account === undefined) throw new SiteApiError('NOT_FOUND');
        return account;
      },
      import: note('import', [{ address: 'bo@us.example', kind: 'refused', problem: 'No.' }]),
      exportWithHashes: async () =>
        [...people.values()].map((row) => ({ ...row, passwordHash: '$argon2id$' })),
      appPasswords: async () => [{ id: 'a1', label: 'phone', scopes: ['imap'], createdAtMs: 1 }],
      addAppPassword: async (_address, { label, scopes }) => ({
        id: 'a1',
        label,
        scopes,
        createdAtMs: 1,
        secret: 'abcd',
      }),
      revokeAppPassword: note('revoke', undefined),
      catchAlls: async () => [{ domain: 'us.example', target: 'ana@us.example' }],
      remove: async (address) => void people.delete(address),
      setPassword: note('password', undefined),
      setState: note('state', undefined),
      setQuota: note('quota', undefined),
      setSendLimits: note('send limits', undefined),
      suspend: note('suspend', {
        suspension: {
          scope: 'sending',
          reason: 'x',
          sinceMs: 1,
          by: 'operator',
          isConfirmedSpammer: true,
        },
        heldMessages: 2,
        places: [{ subject: '192.0.2.7/32', firstMs: 1, lastMs: 2, messages: 3 }],
      }),
      resume: note('resume', { wasSuspended: true, releasedMessages: 2 }),
      explainSending: async () => ({ points: 0, findings: [] }),
      setFiltering: note('filtering', undefined),
      aliases: async () => [{ address: 'all@us.example', targets: ['ana@us.example'] }],
      setAlias: note('alias', undefined),
      removeAlias: note('no alias', undefined),
      setCatchAll: note('catch-all', undefined),
    },
  };
}
