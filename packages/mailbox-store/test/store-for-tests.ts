// A store in a directory of its own, and the requests to feed it with.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccountBookOptions, openAccountBook } from '@restante/accounts';
import { systemClock } from '@restante/runtime';
import {
  type AppendRequest,
  type MailboxRepair,
  type MailboxStore,
  type MailboxStoreOptions,
  openMailboxStore,
} from '../src/index.ts';

export const anyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

export interface TestStore extends AsyncDisposable {
  readonly dir: string;
  readonly store: MailboxStore;
  readonly repairs: MailboxRepair[];
  /** Closes the store and opens it again, as a restart does. */
  reopen(): Promise<MailboxStore>;
  maildir(local: string): string;
}

type StoreForTestsOptions = Partial<MailboxStoreOptions & AccountBookOptions>;

/** A store with an account book of its own; both are closed together. */
export function openStore(dir: string, options: StoreForTestsOptions = {}): MailboxStore {
  const accounts = openAccountBook({
    dir,
    clock: systemClock,
    tagSeparatorOf: () => '+',
    isCaseSensitive: (domain) => domain === 'case.test',
    ...options,
  });
  const hostname = 'mx.example.test';
  const store = openMailboxStore({ dir, hostname, clock: systemClock, ...options, accounts });
  const close = store[Symbol.asyncDispose].bind(store);
  return Object.assign(store, {
    async [Symbol.asyncDispose]() {
      await close();
      await accounts[Symbol.asyncDispose]();
    },
  });
}

export async function makeStore(options: StoreForTestsOptions = {}): Promise<TestStore> {
  const dir = await mkdtemp(join(tmpdir(), 'mailbox-store-'));
  const repairs: MailboxRepair[] = [];
  const open = () => openStore(dir, { onRepair: (repair) => repairs.push(repair), ...options });
  let store = open();
  return {
    dir,
    get store() {
      return store;
    },
    repairs,
    async reopen() {
      await store[Symbol.asyncDispose]();
      store = open();
      return store;
    },
    maildir: (local) => join(dir, 'mail', 'example.test', local, 'Maildir'),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Adds people without spending time on hashing. */
export async function addPeople(store: MailboxStore, ...locals: readonly string[]): Promise<void> {
  await store.accounts.addAccounts(
    locals.map((local) => ({ address: `${local}@example.test`, passwordHash: anyHash })),
  );
}

export function messageTo(local: string, deliveryId: string, body = randomBody()): AppendRequest {
  return {
    address: `${local}@example.test`,
    deliveryId,
    prefix: 'Return-Path: <eve@outside.test>\r\n',
    body: { kind: 'bytes', bytes: body },
    receivedAtMs: 1_700_000_000_000,
  };
}

export function randomBody(): Buffer {
  return Buffer.from(
    `Subject: ${randomBytes(6).toString('hex')}\r\n\r\n${randomBytes(900).toString('hex')}\r\n`,
  );
}

export interface UidLine {
  readonly uid: number;
  readonly name: string;
}

/** What stands in dovecot-uidlist, read by rules of its own so that a mistake in ours is not repeated here. */
export async function readUidList(
  maildir: string,
): Promise<{ readonly header: string; readonly lines: readonly UidLine[] }> {
  const [header = '', ...lines] = (
    await readFile(join(maildir, 'dovecot-uidlist'), 'latin1')
  ).split('\n');
  if (lines.pop() !== '') throw new Error('The UID list does not end with a line end.');
  return {
    header,
    lines: lines.map((line) => ({
      uid: Number.parseInt(line, 10),
      name: line.slice(line.indexOf(' :') + 2),
    })),
  };
}

/** Names of all messages, without flags. */
export async function messagesIn(maildir: string): Promise<readonly string[]> {
  const names = [
    ...(await readdir(join(maildir, 'new'))),
    ...(await readdir(join(maildir, 'cur'))),
  ];
  return names.map((name) => name.replace(/:.*$/, '')).sort();
}
