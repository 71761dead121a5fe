// One mailbox: delivers messages into its inbox.
//
// Order of a delivery, and what a crash between two steps leaves:
//   1 write tmp/, fsync           a leftover in tmp/, removed after 36 hours
//   2 rename to new/              visible, maybe gone after a power cut; the next open() gives it a UID
//   3 fsync new/                  safe, without a UID; the same
//   4 UID into dovecot-uidlist    safe and numbered; the caller may be told
// Steps 3 and 4 are shared by the deliveries that come to them at the same time.
import { renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, syncDirectory } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import type { AppendRequest } from '../mailbox-store.ts';
import { baseNameOf, fileNameOf, keyOfName } from './file-name.ts';
import { GroupCommit } from './group-commit.ts';
import { countUsage, removeLeftovers, scanInbox } from './scan.ts';
import { UidList } from './uid-list.ts';
import { sizeOf, writeMessage } from './write-message.ts';

export interface MaildirOptions {
  /** An existing Maildir. */
  readonly dir: string;
  readonly hostname: string;
  readonly clock: Clock;
  readonly onRepair: (repair: {
    readonly kind: 'uid-list-damaged' | 'uid-given-late';
    readonly detail: string;
  }) => void;
}

export type MaildirAnswer =
  | { readonly kind: 'stored'; readonly uid: number; readonly wasThere: boolean }
  | { readonly kind: 'over-quota' };

const recountAfterMs = 10_000;

export class Maildir {
  readonly #options: MaildirOptions;
  readonly #uids: UidList;
  readonly #newDirectory: GroupCommit<undefined, undefined>;
  readonly #underWay = new Map<string, Promise<MaildirAnswer>>();
  /** Delivered, but the UID list failed: the next request with the id goes on from there. */
  readonly #unlisted = new Map<string, string>();
  #tmpCount = 0;
  #usageBytes = 0;
  #reservedBytes = 0;
  #countedAtMs = 0;

  private constructor(options: MaildirOptions) {
    this.#options = options;
    const { dir, clock } = options;
    this.#uids = new UidList({
      dir,
      clock,
      namesOnDisk: async () => {
        const inbox = await scanInbox(dir);
        return [...inbox.new, ...inbox.cur];
      },
      onDamage: (detail) => options.onRepair({ kind: 'uid-list-damaged', detail }),
    });
    this.#newDirectory = new GroupCommit(async (requests) => {
      await syncDirectory(join(dir, 'new'));
      return requests;
    });
  }

  static async open(options: MaildirOptions): Promise<Maildir> {
    const maildir = new Maildir(options);
    await maildir.#load();
    return maildir;
  }

  get usageBytes(): number {
    return this.#usageBytes;
  }

  /** True when nothing is lost by opening it again: no delivery under way, and no failed sync to remember. */
  get canBeForgotten(): boolean {
    return this.#underWay.size === 0 && this.#unlisted.size === 0 && !this.#uids.isSuspect;
  }

  /** How much it keeps in memory. */
  get messageCount(): number {
    return this.#uids.count;
  }

  /** Two requests with one id are one delivery, at the same time as well as years apart. */
  async append(request: AppendRequest, quotaBytes: number | undefined): Promise<MaildirAnswer> {
    const { deliveryId } = request;
    const underWay = this.#underWay.get(deliveryId);
    if (underWay) return wasThere(await underWay);
    const work = this.#appendOnce(request, quotaBytes);
    this.#underWay.set(deliveryId, work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(deliveryId);
    }
  }

  /** Counts again, because other programs remove mail without telling. */
  async recount(): Promise<number> {
    const { dir, clock } = this.#options;
    this.#countedAtMs = clock.monotonicMs();
    this.#usageBytes = await countUsage(dir, await scanInbox(dir));
    return this.#usageBytes;
  }

  async #appendOnce(
    request: AppendRequest,
    quotaBytes: number | undefined,
  ): Promise<MaildirAnswer> {
    const { deliveryId } = request;
    const known = this.#uids.uidOf(deliveryId) ?? (await this.#listUnlisted(deliveryId));
    if (known !== undefined) {
      await this.#confirm();
      // Another program may have made the list anew meanwhile, with other numbers.
      return { kind: 'stored', uid: this.#uids.uidOf(deliveryId) ?? known, wasThere: true };
    }
    if (quotaBytes !== undefined) {
      const fits = () => this.#usageBytes + this.#reservedBytes + sizeOf(request) <= quotaBytes;
      if (!fits()) await this.#recountIfOld();
      // No pause between this answer and the reservation in #deliver: many at once cannot pass together.
      if (!fits()) return { kind: 'over-quota' };
    }
    return { kind: 'stored', uid: await this.#deliver(request), wasThere: false };
  }

  async #deliver(request: AppendRequest): Promise<number> {
    const { deliveryId } = request;
    const { name, sizeBytes } = await this.#moveIntoNew(request);
    this.#unlisted.set(deliveryId, name);
    this.#usageBytes += sizeBytes;
    try {
      await this.#newDirectory.request(undefined);
    } catch (cause) {
      this.#takeBack(name, deliveryId, sizeBytes);
      throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: this.#options.dir, cause });
    }
    const uid = await this.#uids.assign(name);
    this.#unlisted.delete(deliveryId);
    return uid;
  }

  async #moveIntoNew(
    request: AppendRequest,
  ): Promise<{ readonly name: string; readonly sizeBytes: number }> {
    const { dir, hostname } = this.#options;
    const { deliveryId, receivedAtMs } = request;
    const reservedBytes = sizeOf(request);
    this.#tmpCount += 1;
    const temporary = join(dir, 'tmp', `${deliveryId}.${process.pid}.${this.#tmpCount}`);
    this.#reservedBytes += reservedBytes;
    try {
      const sizes = await writeMessage(temporary, request);
      const name = fileNameOf({ deliveryId, receivedAtMs, hostname, ...sizes });
      renameSync(temporary, join(dir, 'new', name));
      return { name, sizeBytes: sizes.sizeBytes };
    } finally {
      this.#reservedBytes -= reservedBytes;
    }
  }

  /** The rename may not survive, so nobody shall see it now. If a reader moved it already, it counts as delivered. */
  #takeBack(name: string, deliveryId: string, sizeBytes: number): void {
    try {
      unlinkSync(join(this.#options.dir, 'new', name));
      this.#unlisted.delete(deliveryId);
      this.#usageBytes -= sizeBytes;
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    }
  }

  async #listUnlisted(deliveryId: string): Promise<number | undefined> {
    const name = this.#unlisted.get(deliveryId);
    if (name === undefined) return undefined;
    const uid = await this.#uids.assign(name);
    this.#unlisted.delete(deliveryId);
    return uid;
  }

  /** Found, not written by us just now: a former life may have died before its syncs. */
  async #confirm(): Promise<void> {
    const { dir } = this.#options;
    try {
      await Promise.all([syncDirectory(join(dir, 'new')), syncDirectory(join(dir, 'cur'))]);
    } catch (cause) {
      throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: dir, cause });
    }
    await this.#uids.confirm();
  }

  async #recountIfOld(): Promise<void> {
    if (this.#options.clock.monotonicMs() - this.#countedAtMs > recountAfterMs)
      await this.recount();
  }

  async #load(): Promise<void> {
    const { dir, clock, onRepair } = this.#options;
    this.#uids.load();
    const inbox = await scanInbox(dir);
    this.#countedAtMs = clock.monotonicMs();
    this.#usageBytes = await countUsage(dir, inbox);
    await removeLeftovers(dir, clock.now());
    const unnumbered = inbox.new
      .map(baseNameOf)
      .filter((name) => this.#uids.uidOf(keyOfName(name)) === undefined);
    if (unnumbered.length === 0) return;
    // Their directory first: a number must not outlive its message.
    await this.#confirm();
    await Promise.all(unnumbered.sort().map((name) => this.#uids.assign(name)));
    onRepair({
      kind: 'uid-given-late',
      detail: `${dir}: ${unnumbered.length} messages in new/ had no UID.`,
    });
  }
}

function wasThere(answer: MaildirAnswer): MaildirAnswer {
  return answer.kind === 'stored' ? { ...answer, wasThere: true } : answer;
}
