// The Mailbox over Maildir++: names are checked here, and every verb has a file of its own.
import { join } from 'node:path';
import { finishDiscards } from '../deleted/discard-folder.ts';
import { purgeRecoverable } from '../deleted/purge.ts';
import { listRecoverable, undelete } from '../deleted/undelete.ts';
import { deliverInto, findDelivered } from '../folder/deliver-into.ts';
import { FolderHandle } from '../folder/folder-handle.ts';
import { type PutMessage, tellAppeared } from '../folder/tell-appeared.ts';
import { Maildir, type DeliveredMessage, type MaildirAnswer } from '../maildir/maildir.ts';
import { finishBatches } from '../maildir/rename-batch.ts';
import type {
  Folder,
  FolderAnswer,
  FolderEntry,
  FolderStatus,
  Mailbox,
  RecoverableFilter,
  RecoverableMessage,
  SpecialUse,
  UndeleteAnswer,
} from '../mailbox.ts';
import type { AppendRequest } from '../mailbox-store.ts';
import { editAccountFile, readAccountFile } from './account-file.ts';
import { createFolder, deleteFolder, renameFolder } from './change-folders.ts';
import { removeAllLeftovers } from './leftovers.ts';
import { folderName, inbox } from './folder-name.ts';
import { furnish } from './furnish.ts';
import { openJunk } from './junk-folder.ts';
import { lockMailbox } from './lock-mailbox.ts';
import type { MailboxCore } from './mailbox-core.ts';
import { statusOf } from './status.ts';
import { parseSubscriptions, withSubscription } from './subscriptions-file.ts';

const tidyEveryMs = 3_600_000;

export class MaildirMailbox implements Mailbox {
  readonly address: string;
  readonly #core: MailboxCore;
  readonly #delivery: Maildir;
  #preparing: Promise<void> | undefined;
  /** Not told to the open inbox yet. */
  readonly #delivered: DeliveredMessage[] = [];
  #tidyAtMs = 0;
  #locks = 0;

  constructor(address: string, core: MailboxCore) {
    this.address = address;
    this.#core = core;
    const { hostname, clock, onRepair } = core.options;
    this.#delivery = new Maildir({
      files: core.filesOf(core.root),
      hostname,
      clock,
      quota: core.usage,
      onRepair,
      onDelivered: (message) => this.#tellInbox(message),
    });
  }

  /** True when nothing is lost by opening it again. */
  get canBeForgotten(): boolean {
    return this.#delivery.canBeForgotten && this.#core.folders.isEmpty && this.#locks === 0;
  }

  /** How much it keeps in memory. */
  get messageCount(): number {
    return this.#core.filesOf(this.#core.root).uids.known.size;
  }

  async deliver(request: AppendRequest): Promise<MaildirAnswer> {
    await this.#core.usage.counted();
    return request.isJunk === true ? this.#deliverJunk(request) : this.#delivery.append(request);
  }

  /** Once, before folders are looked at: what a crash left is finished, and a new account gets its folders. */
  async prepare(): Promise<void> {
    this.#preparing ??= this.#prepare();
    try {
      await this.#preparing;
    } catch (cause) {
      this.#preparing = undefined;
      throw cause;
    }
  }

  async recount(): Promise<void> {
    await this.#core.usage.recount();
  }

  /** Now and then. */
  async keepHouse(): Promise<void> {
    if (this.#preparing === undefined) return;
    for (const folder of this.#core.folders.opened()) await folder.lookIfAwaited();
    this.#core.forgetIdle();
    if (this.#core.options.clock.now() < this.#tidyAtMs) return;
    this.#tidyAtMs = this.#core.options.clock.now() + tidyEveryMs;
    await purgeRecoverable(this.#core);
    await removeAllLeftovers(this.#core);
  }

  async close(): Promise<void> {
    await this.#core.close();
  }

  async folders(): Promise<readonly FolderEntry[]> {
    const [folders, subscribed] = await Promise.all([
      this.#core.tree.folders(),
      this.subscriptions(),
    ]);
    const isSubscribed = new Set(subscribed);
    return [...folders.values()].map(({ dir: _, ...entry }) => ({
      ...entry,
      isSubscribed: isSubscribed.has(entry.name),
    }));
  }

  async subscriptions(): Promise<readonly string[]> {
    return parseSubscriptions(await readAccountFile(this.#subscriptionsPath));
  }

  createFolder(
    name: string,
    { specialUse }: { readonly specialUse?: SpecialUse } = {},
  ): Promise<FolderAnswer> {
    return createFolder(this.#core, name, specialUse);
  }

  deleteFolder(name: string): Promise<FolderAnswer> {
    return deleteFolder(this.#core, name);
  }

  renameFolder(from: string, to: string): Promise<FolderAnswer> {
    return renameFolder(this.#core, from, to);
  }

  async setSubscribed(text: string, isSubscribed: boolean): Promise<void> {
    const name = folderName(text);
    if (!name.ok) return;
    await editAccountFile(this.#subscriptionsPath, this.#core.options.clock, (file) =>
      withSubscription(file, name.value, isSubscribed),
    );
  }

  async open(text: string): Promise<Folder | undefined> {
    const name = folderName(text);
    const folder = name.ok ? await this.#core.open(name.value) : undefined;
    if (folder === undefined) return undefined;
    const handle = new FolderHandle(folder, () => this.#core.release(folder));
    await folder.refresh();
    return handle;
  }

  async status(text: string): Promise<FolderStatus | undefined> {
    const name = folderName(text);
    return name.ok ? statusOf(this.#core, name.value) : undefined;
  }

  quota(): ReturnType<Mailbox['quota']> {
    const { usage, options } = this.#core;
    const { bytes, messages } = options.quota();
    return {
      usedBytes: usage.usage?.bytes ?? 0,
      usedMessages: usage.usage?.messages ?? 0,
      ...(bytes !== undefined && { limitBytes: bytes }),
      ...(messages !== undefined && { limitMessages: messages }),
    };
  }

  recoverable(filter?: RecoverableFilter): Promise<readonly RecoverableMessage[]> {
    return listRecoverable(this.#core, filter);
  }

  undelete(filter?: RecoverableFilter): Promise<UndeleteAnswer> {
    return undelete(this.#core, filter);
  }

  async lock(): Promise<AsyncDisposable | undefined> {
    const lock = lockMailbox(this.#core.root, this.#core.options.clock);
    if (lock === undefined) return undefined;
    this.#locks += 1;
    return {
      [Symbol.asyncDispose]: async () => {
        await lock[Symbol.asyncDispose]();
        this.#locks -= 1;
      },
    };
  }

  /** Its owner may have changed her mind since a former attempt: it is one message all the same. */
  async #deliverJunk(request: AppendRequest): Promise<MaildirAnswer> {
    await this.prepare();
    const junk = await openJunk(this.#core);
    if (junk === undefined) return this.#delivery.append(request);
    try {
      const isForInbox =
        !this.#core.options.wantsJunkFolder() || (await this.#delivery.has(request.deliveryId));
      const answer = isForInbox
        ? await findDelivered(junk, request.deliveryId)
        : await deliverInto(junk, request);
      if (answer === undefined) return await this.#delivery.append(request);
      return answer.kind === 'stored' ? { ...answer, folder: junk.name } : answer;
    } catch (cause) {
      // Another program took the folder away just now.
      if (!junk.isGone) throw cause;
      return await this.#delivery.append(request);
    } finally {
      this.#core.release(junk);
    }
  }

  get #subscriptionsPath(): string {
    return join(this.#core.root, 'subscriptions');
  }

  async #prepare(): Promise<void> {
    await finishBatches(this.#core.root);
    await finishDiscards(this.#core);
    await furnish(this.#core);
    // Opens the index, which may know what would otherwise be counted file by file.
    void this.#core.context;
    await this.#core.usage.counted();
  }

  /** Whoever has the inbox open hears of deliveries at once; those that come together are told together. */
  #tellInbox(message: DeliveredMessage): void {
    this.#delivered.push(message);
    if (this.#delivered.length === 1) void this.#tellDelivered();
  }

  async #tellDelivered(): Promise<void> {
    // What fails here is found by the next look: the UID list has numbers that were not told.
    const folder = await this.#core.folders.acquireOpened(inbox).catch(() => undefined);
    if (folder === undefined) {
      this.#delivered.length = 0;
      return;
    }
    const told = folder.alone(async () => {
      const news = this.#delivered.splice(0).sort((left, right) => left.uid - right.uid);
      await tellAppeared(folder, news.map(putOf));
    });
    await told.catch(() => void (this.#delivered.length = 0));
    this.#core.release(folder);
  }
}

function putOf({ virtualSizeBytes, ...message }: DeliveredMessage): PutMessage {
  return { ...message, sizeBytes: virtualSizeBytes, directory: 'new', suffix: '' };
}
