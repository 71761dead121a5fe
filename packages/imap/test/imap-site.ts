// A listening server over a real store, a real account book and real logins, in a directory of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogins, openAccountBook, type AccountBook, type Logins } from '@restante/accounts';
import { type Mailbox, type MailboxStore, openMailboxStore } from '@restante/mailbox-store';
import { systemClock } from '@restante/runtime';
import {
  createImapServer,
  type ImapLimits,
  type ImapServer,
  type ImapServerOptions,
} from '../src/index.ts';
import { RawClient } from './raw-client.ts';

export const ana = { address: 'ana@example.test', password: 'correct horse' } as const;

const limits: ImapLimits = {
  connectionsMax: 2000,
  connectionsPerAddressMax: 2000,
  idleTimeoutMs: 1_800_000,
  loginTimeoutMs: 60_000,
  commandTimeoutMs: 600_000,
  appendMaxBytes: 4 * 1024 * 1024,
  commandMaxBytes: 1024 * 1024,
  failedLoginsMax: 3,
  badCommandsMax: 50,
  refreshMs: 500,
  clearTextLogins: 'loopback',
};

const loginsSettings = {
  triesFree: 1000,
  networkTriesFree: 100_000,
  waitFirstMs: 10_000,
  waitMaxMs: 900_000,
  offerScram: true,
  auditFileMaxBytes: 1_000_000,
  auditFilesKept: 2,
};

export interface ImapSite extends AsyncDisposable {
  readonly server: ImapServer;
  readonly store: MailboxStore;
  readonly accounts: AccountBook;
  readonly logins: Logins;
  readonly dir: string;
  /** What went wrong on our side; a test that expects nothing finds it empty. */
  readonly failures: unknown[];
  mailbox(): Promise<Mailbox>;
  /** Connected, greeting read. */
  connect(): Promise<RawClient>;
  /** Logged in as ana. */
  enter(): Promise<RawClient>;
  deliver(text: string): Promise<void>;
}

export interface SiteOptions extends Partial<Pick<ImapServerOptions, 'tls' | 'isImplicitTls'>> {
  readonly limits?: Partial<ImapLimits>;
  readonly quotaBytes?: number;
  readonly scratchDir?: string;
}

export async function startImapSite(options: SiteOptions = {}): Promise<ImapSite> {
  const dir = await mkdtemp(join(tmpdir(), 'imap-'));
  const failures: unknown[] = [];
  const accounts = openAccountBook({
    dir,
    clock: systemClock,
    tagSeparatorOf: () => '+',
    isCaseSensitive: () => false,
  });
  const { quotaBytes } = options;
  await accounts.addAccount({ ...ana, ...(quotaBytes === undefined ? {} : { quotaBytes }) });
  const store = openMailboxStore({
    dir,
    hostname: 'mx.example.test',
    clock: systemClock,
    accounts,
  });
  const logins = createLogins({
    book: accounts,
    settings: loginsSettings,
    auditDir: join(dir, 'audit'),
    clock: systemClock,
  });
  const { tls, isImplicitTls } = options;
  const server = await createImapServer({
    name: 'imap',
    hostname: 'imap.example.test',
    listen: { host: '127.0.0.1', port: 0 },
    ...(tls === undefined ? {} : { tls }),
    ...(isImplicitTls === undefined ? {} : { isImplicitTls }),
    mailboxes: async (address) =>
      accounts.account(address)?.state === 'suspended' ? undefined : store.mailbox(address),
    logins,
    limits: { ...limits, ...options.limits },
    clock: systemClock,
    onEvent: () => undefined,
    onFailure: ({ cause }) => failures.push(cause),
    scratchDir: options.scratchDir ?? dir,
  });
  let delivered = 0;
  const site: ImapSite = {
    server,
    store,
    accounts,
    logins,
    dir,
    failures,
    async mailbox() {
      const mailbox = await store.mailbox(ana.address);
      if (mailbox === undefined) throw new Error('no mailbox');
      return mailbox;
    },
    connect: () => RawClient.open(server.port),
    async enter() {
      const client = await site.connect();
      await client.ok(`LOGIN ${ana.address} "${ana.password}"`);
      return client;
    },
    async deliver(text) {
      delivered += 1;
      await store.append({
        address: ana.address,
        deliveryId: `d-${delivered}`,
        prefix: '',
        body: { kind: 'bytes', bytes: Buffer.from(text) },
        receivedAtMs: Date.now(),
      });
    },
    async [Symbol.asyncDispose]() {
      await server.stop(2_000);
      await logins[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await accounts[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  return site;
}

export function letter(subject: string, body = 'Hello.'): string {
  return [
    'From: Bo <bo@elsewhere.test>',
    'To: ana@example.test',
    `Subject: ${subject}`,
    'Date: Sun, 22 Nov 2026 12:00:00 +0000',
    `Message-ID: <${subject.replaceAll(/\W/g, '-')}@elsewhere.test>`,
    '',
    body,
    '',
  ].join('\r\n');
}
