// A cluster file and a site that answers behind it: the real operator server over an in-memory SiteOperations. The second site
// of the file is not running.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@restante/runtime';
import { createOperatorServer, ensureOperatorToken, SiteApiError } from '@restante/site-api';
import type { AccountRow, QueueRow, SiteOperations, SiteStatus } from '@restante/site-api';

export interface ServedCluster extends AsyncDisposable {
  readonly dir: string;
  readonly asked: readonly (readonly unknown[])[];
}

const row: QueueRow = {
  id: 'm0abc',
  sender: 'evil\u001b[2J@elsewhere.example',
  recipients: ['ana@shanghai.example', 'bo@shanghai.example'],
  sizeBytes: 4096,
  acceptedAtMs: Date.now() - 60_000,
  routes: ['peer:shanghai'],
  state: 'waiting',
  attempts: 2,
  lastReply: '421 try later',
};

export async function serveCluster({
  degraded = [],
  doctor,
}: {
  readonly degraded?: readonly string[];
  readonly doctor?: NonNullable<SiteOperations['doctor']>;
} = {}): Promise<ServedCluster> {
  const dir = await mkdtemp(join(tmpdir(), 'restante-cli-'));
  await mkdir(join(dir, 'us'));
  await mkdir(join(dir, 'shanghai'));
  const asked: unknown[][] = [];
  await ensureOperatorToken(join(dir, 'shanghai'));
  const server = await createOperatorServer({
    listen: '127.0.0.1:0',
    token: await ensureOperatorToken(join(dir, 'us')),
    site: 'us',
    operations: { ...operationsOf(asked, degraded), doctor },
    metrics: { render: () => '' },
    isReady: () => ({ ready: true, why: [] }),
    logger: silentLogger,
  });
  await writeFile(join(dir, 'restante.toml'), clusterFile(server.address));
  return {
    dir,
    asked,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(dir, { recursive: true });
    },
  };
}

// Port 9 (discard): nobody answers there.
function clusterFile(http: string): string {
  const site = (name: string, door: string) =>
    `[[site]]\nname = "${name}"\nhostname = "mx.${name}.example"\ndir = "${name}"\n[site.listen]\nhttp = "${door}"\n`;
  const domain = (home: string, backup: string) =>
    `[[domain]]\nname = "${home}.example"\nhome = "${home}"\nbackups = ["${backup}"]\n`;
  return `[cluster]\nname = "test"\n${site('us', http)}${site('shanghai', '127.0.0.1:9')}${domain('us', 'shanghai')}${domain('shanghai', 'us')}`;
}

function operationsOf(asked: unknown[][], degraded: readonly string[]): SiteOperations {
  const people = new Map<string, AccountRow>();
  const note =
    <T>(name: string, answer: T) =>
    async (...given: unknown[]): Promise<T> => {
      asked.push([name, ...given]);
      return answer;
    };
  const nowMs = Date.now();
  const status: SiteStatus = {
    site: 'us',
    version: '0.1.0',
    pid: 1,
    startedAtMs: nowMs - 3_600_000,
    nowMs,
    isAccepting: true,
    degraded,
    spool: {
      messages: 1,
      held: 0,
      sizeBytes: 4096,
      diskFreeBytes: 5e9,
      corrupt: 0,
      isLoaded: true,
    },
    redis: { isReachable: degraded.length === 0 },
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
    peers: [
      {
        site: 'shanghai',
        state: 'down',
        sinceMs: nowMs - 120_000,
        lastProblem: 'tcp: refused',
        mirrorRecipients: 4,
        mirrorAgeSeconds: 5,
      },
    ],
    counters: { accepted: 1, delivered: 0, deferred: 0, rejected: 0, bounced: 0, duplicates: 0 },
  };
  return {
    status: async () => status,
    queueList: note('list', { rows: [row], total: 1 }),
    queueShow: async (id) =>
      id === row.id
        ? { ...row, messageId: id, origin: { site: 'us' }, outcomes: [], header: 'Subject: x\r\n' }
        : undefined,
    queueRetry: note('retry', { count: 1 }),
    queueHold: note('hold', { count: 1 }),
    queueRelease: note('release', { count: 0 }),
    queueDelete: note('delete', { count: 1 }),
    routeHold: note('route hold', undefined),
    routeRelease: note('route release', undefined),
    domainHold: note('domain hold', undefined),
    domainRelease: note('domain release', undefined),
    trace: async (message) =>
      message === row.id ? [{ atMs: 1, site: 'us', what: 'accepted', detail: '' }] : [],
    accounts: {
      add: async ({ address, password, quotaBytes }) => {
        if (people.has(address))
          throw new SiteApiError('ALREADY_THERE', { detail: `${address} is there already.` });
        asked.push(['add', address, password]);
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
        if (account === undefined)
          throw new SiteApiError('NOT_FOUND', { detail: `There is no account ${address}.` });
        return account;
      },
      import: async ({ rows, ifThere, isDryRun }) => {
        asked.push(['import', rows, ifThere, isDryRun]);
        return rows.map(({ address }) =>
          address.startsWith('bad')
            ? { address, kind: 'refused', problem: 'No such hash.' }
            : { address, kind: people.has(address) ? 'unchanged' : 'added' },
        );
      },
      exportWithHashes: async () =>
        [...people.values()].map((account) => ({ ...account, passwordHash: '$argon2id$x' })),
      appPasswords: async () => [
        { id: 'a1', label: 'phone', scopes: ['imap'], createdAtMs: 1, lastUsedAtMs: 2 },
      ],
      addAppPassword: async (address, { label, scopes }) => {
        asked.push(['app password', address, label, scopes]);
        return { id: 'a1', label, scopes, createdAtMs: 1, secret: 'abcd-efgh' };
      },
      revokeAppPassword: async (address, id) => {
        asked.push(['revoke', address, id]);
        if (id !== 'a1') throw new SiteApiError('NOT_FOUND');
      },
      catchAlls: async () => [{ domain: 'us.example', target: 'ana@us.example' }],
      remove: note('remove', undefined),
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
