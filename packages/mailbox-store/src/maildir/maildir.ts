// Delivery: puts messages into the inbox of one mailbox.
//
// Order of a delivery, and what a crash between two steps leaves:
//   1 write tmp/, fsync           a leftover in tmp/, removed after 36 hours
//   2 rename to new/              visible, maybe gone after a power cut; the next load gives it a UID
//   3 fsync new/                  safe, without a UID; the same
//   4 UID into dovecot-uidlist    safe and numbered; the caller may be told
// Steps 3 and 4 are shared by the deliveries that come to them at the same time.
import { renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@restante/runtime';
import type { QuotaGate } from '../folder/folder-context.ts';
import type { AppendRequest } from '../mailbox-store.ts';
import { baseNameOf, fileNameOf, keyOfName } from './file-name.ts';
import type { FolderFiles } from './folder-files.ts';
import { listNames, removeLeftovers } from './scan.ts';
import { sizeOf, type WrittenMessage, writeMessage } from './write-message.ts';

export interface MaildirOptions {
  /** Of the inbox; its directories exist. */
  readonly files: FolderFiles;
  readonly hostname: string;
  readonly clock: Clock;
  readonly quota: QuotaGate;
  readonly onRepair: (repair: { readonly kind: 'uid-given-late'; readonly detail: string }) => void;
  /** Durable and numbered; for whoever has the inbox open. */
  readonly onDelivered: (message: DeliveredMessage) => void;
}

export interface DeliveredMessage extends WrittenMessage {
  readonly baseName: string;
  readonly uid: number;
  readonly receivedAtMs: number;
}

export type MaildirAnswer =
  | {
      readonly kind: 'stored';
      readonly uid: number;
      readonly wasThere: boolean;
      readonly folder?: string;
    }
  | { readonly kind: 'over-quota' };

export class Maildir {
  readonly #options: MaildirOptions;
  readonly #underWay = new Map<string, Promise<MaildirAnswer>>();
  /** Delivered, but the UID list failed: the next request with the id goes on from there. */
  readonly #unlisted = new Map<string, string>();
  #loading: Promise<void> | undefined;
  #tmpCount = 0;

  constructor(options: MaildirOptions) {
    this.#options = options;
  }

  /** True when nothing is lost by opening it again: no delivery under way, and no failed sync to remember. */
  get canBeForgotten(): boolean {
    return (
      this.#underWay.size === 0 && this.#unlisted.size === 0 && !this.#options.files.uids.isSuspect
    );
  }

  /** Two requests with one id are one delivery, at the same time as well as years apart. */
  async append(request: AppendRequest): Promise<MaildirAnswer> {
    await this.#loaded();
    const { deliveryId } = request;
    const underWay = this.#underWay.get(deliveryId);
    if (underWay) return wasThere(await underWay);
    const work = this.#appendOnce(request);
    this.#underWay.set(deliveryId, work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(deliveryId);
    }
  }

  /** Whether this delivery is here, or under way. */
  async has(deliveryId: string): Promise<boolean> {
    await this.#loaded();
    return (
      this.#underWay.has(deliveryId) ||
      this.#unlisted.has(deliveryId) ||
      this.#options.files.uids.known.get(deliveryId) !== undefined
    );
  }

  async #loaded(): Promise<void> {
    this.#loading ??= this.#load();
    try {
      await this.#loading;
    } catch (cause) {
      this.#loading = undefined;
      throw cause;
    }
  }

  async #appendOnce(request: AppendRequest): Promise<MaildirAnswer> {
    const { uids } = this.#options.files;
    const { deliveryId } = request;
    const known = uids.known.get(deliveryId) ?? (await this.#listUnlisted(deliveryId));
    if (known !== undefined) {
      await this.#confirm();
      // Another program may have made the list anew meanwhile, with other numbers.
      return { kind: 'stored', uid: uids.known.get(deliveryId) ?? known, wasThere: true };
    }
    using reservation = await this.#options.quota.reserve(sizeOf(request), 1);
    if (reservation === undefined) return { kind: 'over-quota' };
    return { kind: 'stored', uid: await this.#deliver(request, reservation), wasThere: false };
  }

  async #deliver(request: AppendRequest, reservation: Disposable): Promise<number> {
    const { files, quota, onDelivered } = this.#options;
    const { deliveryId, receivedAtMs } = request;
    const { name, ...sizes } = await this.#moveIntoNew(request);
    this.#unlisted.set(deliveryId, name);
    reservation[Symbol.dispose]();
    quota.note(sizes.sizeBytes, 1);
    try {
      await files.sync('new');
    } catch (cause) {
      this.#takeBack(name, deliveryId, sizes.sizeBytes);
      throw cause;
    }
    const uid = await files.uids.assign(name);
    this.#unlisted.delete(deliveryId);
    onDelivered({ ...sizes, baseName: name, uid, receivedAtMs });
    return uid;
  }

  async #moveIntoNew(request: AppendRequest): Promise<WrittenMessage & { readonly name: string }> {
    const { files, hostname } = this.#options;
    const { deliveryId, receivedAtMs } = request;
    this.#tmpCount += 1;
    const temporary = join(files.dir, 'tmp', `${deliveryId}.${process.pid}.${this.#tmpCount}`);
    const sizes = await writeMessage(temporary, request);
    const name = fileNameOf({ deliveryId, receivedAtMs, hostname, ...sizes });
    files.directories.around(['new'], () => renameSync(temporary, join(files.dir, 'new', name)));
    return { name, ...sizes };
  }

  /** The rename may not survive, so nobody shall see it now. If a reader moved it already, it counts as delivered. */
  #takeBack(name: string, deliveryId: string, sizeBytes: number): void {
    const { files, quota } = this.#options;
    try {
      unlinkSync(join(files.dir, 'new', name));
      this.#unlisted.delete(deliveryId);
      quota.note(-sizeBytes, -1);
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    }
  }

  async #listUnlisted(deliveryId: string): Promise<number | undefined> {
    const name = this.#unlisted.get(deliveryId);
    if (name === undefined) return undefined;
    const uid = await this.#options.files.uids.assign(name);
    this.#unlisted.delete(deliveryId);
    return uid;
  }

  /** Found, not written by us just now: a former life may have died before its syncs. */
  async #confirm(): Promise<void> {
    const { files } = this.#options;
    await files.sync('new', 'cur');
    await files.uids.confirm();
  }

  async #load(): Promise<void> {
    const { files, clock, onRepair } = this.#options;
    const { uids, dir } = files;
    uids.load();
    await removeLeftovers(dir, clock.now());
    const unnumbered = (await listNames(dir, 'new'))
      .map(baseNameOf)
      .filter((name) => uids.known.get(keyOfName(name)) === undefined);
    if (unnumbered.length === 0) return;
    // Their directory first: a number must not outlive its message.
    await this.#confirm();
    await uids.assignMany(unnumbered.sort());
    onRepair({
      kind: 'uid-given-late',
      detail: `${dir}: ${unnumbered.length} messages in new/ had no UID.`,
    });
  }
}

function wasThere(answer: MaildirAnswer): MaildirAnswer {
  return answer.kind === 'stored' ? { ...answer, wasThere: true } : answer;
}
