// The MailboxStore over SQLite and Maildir++: who may get mail, which mailbox is open, and the end of it all.
//
// Mailboxes are opened with their first delivery and forgotten, longest open first, beyond a bound of mailboxes and of
// remembered messages. Everything in memory can be read again from the disk.
import assert from 'node:assert/strict';
import { mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Account, AccountBook, CanonicalAddress } from '@restante/accounts';
import { MailboxStoreError } from './errors.ts';
import type { ContentShelf } from './content/content-index.ts';
import { openContentShelf } from './content/content-shelf.ts';
import { MailboxCore, type MailboxCoreOptions } from './folders/mailbox-core.ts';
import { MaildirMailbox } from './folders/maildir-mailbox.ts';
import { IndexPool } from './index/index-pool.ts';
import { ensureMaildir } from './maildir/directories.ts';
import { mailboxComponents, safeName } from './maildir/mailbox-path.ts';
import type { Mailbox } from './mailbox.ts';
import { readLater } from './read-later.ts';
import type {
  AppendAnswer,
  AppendRequest,
  MailboxStore,
  MailboxStoreOptions,
} from './mailbox-store.ts';

const openMailboxesMax = 2000;
const rememberedMessagesMax = 1_000_000;
const housekeepingIntervalMs = 60_000;

/** Nothing is read until somebody asks. */
export function openMailboxStore(options: MailboxStoreOptions): MailboxStore {
  return new MaildirStore(options);
}

class MaildirStore implements MailboxStore {
  readonly accounts: AccountBook;
  readonly #options: MailboxStoreOptions;
  /** In the order they were opened. */
  readonly #open = new Map<string, MaildirMailbox>();
  readonly #opening = new Map<string, Promise<MaildirMailbox>>();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #housekeeping: NodeJS.Timeout;
  readonly #shelf: ContentShelf;
  readonly #indexes = new IndexPool();
  #isClosed = false;

  constructor(options: MailboxStoreOptions) {
    this.#options = options;
    this.accounts = options.accounts;
    this.#shelf = openContentShelf({
      onTrouble: ({ path, cause }) =>
        options.onRepair?.({ kind: 'content-index-unusable', detail: `${path}: ${String(cause)}` }),
    });
    this.accounts.onRemoved((address) => this.#setAside(address));
    this.#housekeeping = setInterval(() => void this.#keepHouse(), housekeepingIntervalMs).unref();
  }

  resolve(address: string): readonly string[] {
    return this.accounts.resolve(address);
  }

  async mailbox(address: string): Promise<Mailbox | undefined> {
    if (this.#isClosed) throw new MailboxStoreError('STORE_CLOSED');
    const account = this.accounts.account(address);
    if (account === undefined) return undefined;
    const mailbox = await this.#mailboxOf(account.address);
    await mailbox.prepare();
    return mailbox;
  }

  async append(request: AppendRequest): Promise<AppendAnswer> {
    // The id becomes a part of a file name, and its shape is what a restart recognises it by.
    assert.match(request.deliveryId, /^[A-Za-z0-9-]{1,100}$/);
    if (this.#isClosed) throw new MailboxStoreError('STORE_CLOSED');
    const account = this.accounts.account(request.address);
    if (account === undefined) return { kind: 'no-such-account' };
    if (account.state === 'suspended') return { kind: 'suspended' };
    const work = this.#append(account, request);
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#housekeeping);
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    await Promise.allSettled([...this.#open.values()].map((mailbox) => mailbox.close()));
    await this.#shelf[Symbol.asyncDispose]();
    this.accounts.saveUsage();
  }

  async #append(account: Account, request: AppendRequest): Promise<AppendAnswer> {
    try {
      return await (await this.#mailboxOf(account.address)).deliver(request);
    } catch (cause) {
      // Somebody moved the directory away under us: the next attempt makes it anew.
      if (isGone(cause)) this.#open.delete(account.address);
      if (!isSystemError(cause)) throw cause;
      throw new MailboxStoreError('MAILBOX_WRITE_FAILED', { about: account.address, cause });
    }
  }

  async #mailboxOf(address: string): Promise<MaildirMailbox> {
    const open = this.#open.get(address);
    if (open) return open;
    const opening = this.#opening.get(address) ?? this.#openMailbox(address);
    this.#opening.set(address, opening);
    try {
      const mailbox = await opening;
      this.#open.set(address, mailbox);
      this.#forgetSome();
      return mailbox;
    } finally {
      this.#opening.delete(address);
    }
  }

  async #openMailbox(address: string): Promise<MaildirMailbox> {
    const { dir, hostname, clock, graceMs = 0, onRepair = () => undefined } = this.#options;
    const canonical = this.accounts.canonical(address);
    assert.ok(canonical);
    const root = await ensureMaildir(dir, mailboxComponents(canonical));
    const core = new MailboxCore({
      root,
      hostname,
      clock,
      graceMs,
      onRepair,
      indexes: this.#indexes,
      content: this.#shelf.of(join(dirname(root), 'content.sqlite')),
      quota: () => {
        const account = this.accounts.account(address);
        return account ? this.accounts.quotaOf(account) : {};
      },
      onUsage: (usage) => {
        if (this.accounts.account(address)) this.accounts.noteUsage(address, usage);
      },
      wantsJunkFolder: () => {
        const account = this.accounts.account(address);
        return account?.junk !== 'inbox' && account?.filtering !== 'off';
      },
      ...this.#lessonsOf(address),
    });
    return new MaildirMailbox(address, core);
  }

  #lessonsOf(address: string): Pick<MailboxCoreOptions, 'onLesson'> {
    const { onTaught } = this.#options;
    if (onTaught === undefined) return {};
    return {
      onLesson: ({ what, sizeBytes, ...place }) =>
        onTaught({
          account: address,
          what,
          sizeBytes,
          bytes: () => readLater(() => this.mailbox(address), place),
        }),
    };
  }

  #forgetSome(): void {
    let messages = 0;
    for (const mailbox of this.#open.values()) messages += mailbox.messageCount;
    for (const [address, mailbox] of this.#open) {
      if (this.#open.size <= openMailboxesMax && messages <= rememberedMessagesMax) return;
      if (!mailbox.canBeForgotten) continue;
      this.#open.delete(address);
      void mailbox.close();
      messages -= mailbox.messageCount;
    }
  }

  /** Full mailboxes are counted again, for nothing may be delivered into them that would find out that they are not. */
  async #keepHouse(): Promise<void> {
    if (this.#isClosed) return;
    const work = this.#keepMailboxes();
    this.#underWay.add(work);
    await work;
    this.#underWay.delete(work);
  }

  async #keepMailboxes(): Promise<void> {
    // A mailbox that cannot be read now is read at its next use, where somebody hears of the failure.
    for (const mailbox of this.#open.values()) await mailbox.keepHouse().catch(() => undefined);
    this.#indexes.closeIdle();
    for (const address of this.accounts.fullAccounts()) {
      await this.#mailboxOf(address)
        .then((mailbox) => mailbox.recount())
        .catch(() => undefined);
    }
    this.accounts.saveUsage();
  }

  /** The next owner of the address must not find this mail, and nobody asked to destroy it. */
  #setAside({ address, domain, local }: CanonicalAddress): void {
    const { dir, clock } = this.#options;
    void this.#open.get(address)?.close();
    this.#open.delete(address);
    const [mail = ''] = mailboxComponents({ domain, local });
    const aside = join(dir, 'removed', safeName(domain), `${safeName(local)}.${clock.now()}`);
    mkdirSync(dirname(aside), { recursive: true, mode: 0o700 });
    try {
      renameSync(join(dir, mail, safeName(domain), safeName(local)), aside);
    } catch (cause) {
      if (!isGone(cause)) throw cause; // Never had mail.
    }
  }
}

/** A refusal of the operating system, as opposed to a mistake of ours. */
function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause;
}

function isGone(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return ('code' in cause && cause.code === 'ENOENT') || isGone(cause.cause);
}
