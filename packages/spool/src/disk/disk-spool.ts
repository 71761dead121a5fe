// The spool on a disk: segments, large bodies, ledger. Wires the parts; each promise of the port is kept by the part named after it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isFinal } from '@restante/mail-model';
import type { EventSink, RecipientOutcome } from '@restante/mail-model';
import { SpoolError } from '../errors.ts';
import type {
  MessageWithBody,
  Spool,
  SpoolBody,
  SpooledMessage,
  SpoolEntry,
  SpoolOptions,
  SpoolStats,
  SpoolWriter,
} from '../spool.ts';
import { CarefulReader } from './careful-reader.ts';
import { Catalog } from './catalog.ts';
import { DiskGuard } from './disk-guard.ts';
import type { Entry } from './entry.ts';
import { EntryChanges } from './entry-changes.ts';
import { findOwner } from './find-owner.ts';
import { GroupCommit } from './group-commit.ts';
import { Housekeeping } from './housekeeping.ts';
import { Ledger } from './ledger.ts';
import { loadPast } from './load-segments.ts';
import type { LoadOptions } from './load-segments.ts';
import type { SpoolLock } from './lock.ts';
import { MessageReader } from './message-reader.ts';
import { MessageWriter } from './message-writer.ts';
import type { MessageWriterParts } from './message-writer.ts';
import { readRecentKeys } from './recent-keys.ts';
import { ReplyMemory } from './reply-memory.ts';
import type { SegmentDirectory } from './segment-directory.ts';
import { countSetAside } from './set-aside.ts';
import { spoolStats } from './spool-stats.ts';
import { largeBodies, removeStrayBodies } from './stray-bodies.ts';

export class DiskSpool implements Spool {
  readonly loaded: Promise<void>;
  readonly #options: SpoolOptions;
  readonly #segments: SegmentDirectory;
  readonly #lock: SpoolLock;
  readonly #catalog = new Catalog();
  readonly #memory: ReplyMemory;
  readonly #reader: CarefulReader;
  readonly #guard: DiskGuard;
  readonly #changes: EntryChanges;
  readonly #commits: GroupCommit;
  readonly #ledger: Ledger;
  readonly #writerParts: MessageWriterParts;
  readonly #housekeeping: Housekeeping;
  readonly #onEvent: EventSink;
  #isLoaded = false;
  #isClosed = false;
  #corrupt = 0;

  constructor(
    options: SpoolOptions,
    parts: { readonly segments: SegmentDirectory; readonly lock: SpoolLock },
  ) {
    this.#options = options;
    this.#segments = parts.segments;
    this.#lock = parts.lock;
    this.#onEvent = (event) => {
      if (event.name === 'spool.corrupt') this.#corrupt += 1;
      options.onEvent(event);
    };
    this.#memory = new ReplyMemory(options);
    this.#guard = new DiskGuard(options);
    this.#ledger = new Ledger(join(options.dir, 'ledger'));
    const shared = {
      ...options,
      onEvent: this.#onEvent,
      catalog: this.#catalog,
      reader: new MessageReader(options.dir),
      memory: this.#memory,
      ledger: this.#ledger,
      segments: parts.segments,
      isStopped: () => this.#isClosed,
    };
    const changes = new EntryChanges(shared);
    this.#changes = changes;
    this.#reader = new CarefulReader({ ...shared, changes });
    const commits = new GroupCommit({ ...shared, changes, guard: this.#guard });
    this.#commits = commits;
    changes.connect(commits);
    this.#housekeeping = new Housekeeping({ ...shared, commits, changes });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.loaded = promise;
    promise.catch(() => undefined); // Nobody has to ask.
    this.#startLoading = (bodies) => void this.#load(shared, bodies).then(resolve, reject);
    this.#writerParts = {
      ...shared,
      commits,
      guard: this.#guard,
      idsInFlight: new Set(),
      pastKnown: promise,
      ownerOf: (keys, at) => findOwner(parts.segments.segments, this.#catalog, keys, at),
    };
  }

  readonly #startLoading: (bodies: readonly string[]) => void;

  /** The part of opening that must be done before the first message: seconds count here. */
  async start(): Promise<void> {
    const { dir } = this.#options;
    await this.#guard.sample();
    this.#corrupt = await countSetAside(join(dir, 'corrupt'));
    const newest = [...this.#segments.segments.values()].findLast(({ sizeBytes }) => sizeBytes > 0);
    // A client whose reply was lost in the crash comes back at once. (Damage is for the full reading to report.)
    if (newest) await readRecentKeys(newest, this.#memory).catch(() => undefined);
    // Listed before the first new body can be among them.
    this.#startLoading(await largeBodies(dir));
  }

  begin({ sizeBytes }: { readonly sizeBytes?: number }): SpoolWriter {
    this.#mustBeOpen();
    if (this.isFull(sizeBytes)) throw new SpoolError('SPOOL_FULL');
    return new MessageWriter(this.#writerParts);
  }

  isFull(sizeBytes?: number): boolean {
    return this.#guard.isFull(sizeBytes);
  }

  confirmReply(id: string): void {
    const place = this.#memory.confirm(id);
    if (!place || this.#isClosed) return;
    const entry = this.#catalog.get(id);
    if (entry) entry.isUnconfirmed = false;
    this.#changes.confirm([id, place.segment, place.offset]);
  }

  abandonReply(id: string): void {
    this.#memory.abandon(id);
  }

  isReplyUnconfirmed(id: string): boolean {
    return this.#catalog.get(id)?.isUnconfirmed === true;
  }

  has(id: string): boolean {
    return this.#catalog.get(id) !== undefined;
  }

  entry(id: string): SpoolEntry | undefined {
    return this.#catalog.get(id)?.view();
  }

  list(): IterableIterator<SpoolEntry> {
    return this.#catalog.list();
  }

  read(id: string): Promise<SpooledMessage | undefined> {
    return this.#reader.read(id);
  }

  body(id: string): Promise<SpoolBody> {
    return this.#reader.body(id);
  }

  readWithBody(id: string): Promise<MessageWithBody | undefined> {
    return this.#reader.readWithBody(id);
  }

  async settle(id: string, outcomes: readonly RecipientOutcome[]): Promise<void> {
    const entry = this.#toChange(id);
    if (!entry || outcomes.length === 0) return;
    await this.#reader.guarded(entry, async () => await this.#changes.settle(entry, outcomes));
  }

  async finish(id: string, outcomes: readonly RecipientOutcome[]): Promise<void> {
    assert(
      outcomes.every(({ outcome }) => isFinal(outcome)),
      'finish() is for final outcomes',
    );
    const entry = this.#toChange(id);
    if (entry) await this.#changes.finish(entry);
  }

  async release(id: string): Promise<void> {
    const entry = this.#toChange(id);
    if (!entry) return;
    // With recipients left this is somebody's word that nobody is to get it; it must not be delivered after a power cut all the same.
    if (entry.hasPending) await this.#changes.finish(entry);
    else await this.#changes.release(entry);
  }

  async hold(id: string, reason: string): Promise<void> {
    const entry = this.#toChange(id);
    if (entry) await this.#changes.hold(entry, reason);
  }

  async unhold(id: string): Promise<void> {
    const entry = this.#toChange(id);
    if (entry) await this.#changes.hold(entry, undefined);
  }

  stats(): SpoolStats {
    return spoolStats(this.#catalog, {
      segments: this.#segments.segments.size,
      diskFreeBytes: this.#guard.freeBytes,
      corrupt: this.#corrupt,
      isLoaded: this.#isLoaded,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.loaded.catch(() => undefined);
    await this.#housekeeping.stop();
    await this.#commits.close();
    await this.#ledger.close();
    this.#segments.close();
    this.#lock.release();
  }

  /** Reads the past in the background, then begins to tidy up. */
  async #load(past: LoadOptions, bodies: readonly string[]): Promise<void> {
    const isPastWhole = await loadPast(past);
    if (this.#isClosed) return;
    this.#isLoaded = true;
    await removeStrayBodies({ ...past, present: bodies, isPastWhole });
    this.#housekeeping.start();
  }

  #toChange(id: string): Entry | undefined {
    this.#mustBeOpen();
    return this.#catalog.get(id);
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new SpoolError('SPOOL_CLOSED');
  }
}
