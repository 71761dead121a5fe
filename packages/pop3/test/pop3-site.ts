// A site for people who fetch mail: a real server with TLS, a real mailbox, an account book and logins.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogins, openAccountBook } from '@restante/accounts';
import type { RestanteEvent } from '@restante/mail-model';
import { type MailboxStore, openMailboxStore } from '@restante/mailbox-store';
import { systemClock } from '@restante/runtime';
import {
  createPop3Server,
  type Pop3Failure,
  type Pop3Limits,
  type Pop3Server,
} from '../src/index.ts';

export const ana = 'ana@here.test';
export const password = 'ein Pferd isst';

const defaultLimits: Pop3Limits = {
  connectionsMax: 50,
  connectionsPerAddressMax: 20,
  idleTimeoutMs: 60_000,
  loginTimeoutMs: 60_000,
  failedLoginsMax: 3,
  badCommandsMax: 10,
  clearTextLogins: 'never',
};

export interface Pop3Site extends AsyncDisposable {
  /** STLS, and TLS from the start. */
  readonly server: Pop3Server;
  readonly secured: Pop3Server;
  readonly dir: string;
  readonly store: MailboxStore;
  readonly events: RestanteEvent[];
  readonly failures: Pop3Failure[];
  deliver(...texts: readonly string[]): Promise<void>;
  /** UIDs in INBOX with their flags. */
  inbox(): Promise<readonly string[]>;
}

export async function startPop3Site(limits: Partial<Pop3Limits> = {}): Promise<Pop3Site> {
  const dir = await mkdtemp(join(tmpdir(), 'pop3-'));
  const clock = systemClock;
  const rules = { tagSeparatorOf: () => '+', isCaseSensitive: () => false };
  const accounts = openAccountBook({ dir, clock, ...rules });
  await accounts.addAccount({ address: ana, password });
  const store = openMailboxStore({ dir, hostname: 'mx.here.test', clock, accounts });
  const logins = createLogins({
    book: accounts,
    auditDir: join(dir, 'audit'),
    clock,
    settings: {
      triesFree: 50,
      networkTriesFree: 1_000,
      waitFirstMs: 1_000,
      waitMaxMs: 10_000,
      offerScram: true,
      auditFileMaxBytes: 1_000_000,
      auditFilesKept: 1,
    },
  });
  const events: RestanteEvent[] = [];
  const failures: Pop3Failure[] = [];
  const tls = await makeCertificate(dir);
  const open = async (name: string, isImplicitTls: boolean) =>
    createPop3Server({
      name,
      isImplicitTls,
      hostname: 'mx.here.test',
      listen: { host: '127.0.0.1', port: 0 },
      tls: () => tls,
      mailboxes: async (address) => store.mailbox(address),
      logins,
      limits: { ...defaultLimits, ...limits },
      clock,
      onEvent: (event) => void events.push(event),
      onFailure: (failure) => void failures.push(failure),
    });
  const [server, secured] = [await open('pop3', false), await open('pop3s', true)];
  let delivered = 0;
  return {
    server,
    secured,
    dir,
    store,
    events,
    failures,
    async deliver(...texts) {
      for (const text of texts) {
        delivered += 1;
        const body = { kind: 'bytes', bytes: Buffer.from(text, 'latin1') } as const;
        const deliveryId = `d${delivered}`;
        const receivedAtMs = Date.now();
        await store.append({ address: ana, deliveryId, prefix: '', body, receivedAtMs });
      }
    },
    async inbox() {
      const mailbox = await store.mailbox(ana);
      const folder = await mailbox?.open('INBOX');
      if (folder === undefined) throw new Error('no INBOX');
      await folder.refresh();
      const rows = folder.messages.map(({ uid, flags }) => `${uid} ${flags.join(' ')}`.trim());
      await folder[Symbol.asyncDispose]();
      return rows;
    },
    async [Symbol.asyncDispose]() {
      await server.stop(0);
      await secured.stop(0);
      await logins[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await accounts[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export function letter(number: number, body = `Hello ${number}\r\n`): string {
  return `From: bob@far.test\r\nTo: ${ana}\r\nSubject: letter ${number}\r\nMessage-ID: <${number}@far.test>\r\n\r\n${body}`;
}

async function makeCertificate(
  dir: string,
): Promise<{ readonly key: string; readonly cert: string }> {
  const [key, cert] = [join(dir, 'tls.key'), join(dir, 'tls.crt')];
  const what =
    '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1';
  execFileSync('openssl', ['req', '-x509', ...what.split(' '), '-keyout', key, '-out', cert], {
    stdio: 'pipe',
  });
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}
