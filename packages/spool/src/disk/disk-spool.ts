// The spool on a disk: segments, large bodies, ledger. Wires the parts; each promise of the port is kept by the part named after it.
import { join } from 'node:path';
import { isFinal } from '@restante/mail-model';
import type { RecipientOutcome } from '@restante/mail-model';
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
import { Catalog } from './catalog.ts';
import { DiskGuard } from './disk-guard.ts';
import type { Entry } from './entry.ts';
import { EntryChanges } from './entry-changes.ts';
import { GroupCommit } from './group-commit.ts';
import { Ledger } from './ledger.ts';
import { largeBodies, loadSegments, removeStrayBodies } from './load-segments.ts';
import type { SpoolLock } from './lock.ts';
import { DamagedRecord, MessageReader } from './message-reader.ts';
import { MessageWriter } from './message-writer.ts';
import { readRecentKeys } from './recent-keys.ts';
import { reclaimOnce } from './reclaim.ts';
import type { ReclaimParts } from './reclaim.ts';
import { ReplyMemory } from './reply-memory.ts';
import type { SegmentDirectory } from './segment-directory.ts';
import { countSetAside, setAside } from './set-aside.ts';

const reclaimPauseMs = 1000;
const defaultQuietMs = 60_000;
const sweepPauseMs = 3_600_000;

export class DiskSpool implements Spool {
  readonly loaded: Promise<void>;
  readonly #options: SpoolOptions;
  readonly #segments: SegmentDirectory;
  readonly #lock: SpoolLock;
  readonly #catalog = new Catalog();
  readonly #memory: ReplyMemory;
  readonly #reader: MessageReader;
  readonly #guard: DiskGuard;
  readonly #changes: EntryChanges;
  readonly #commits: GroupCommit;
  readonly #ledger: Ledger;
  readonly #idsInFlight = new Set<string>();
  readonly #timers: NodeJS.Timeout[] = [];
  #reclaiming: Promise<void> = Promise.resolve();
  #isReclaiming = false;
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
    const { dir, clock, onEvent, routesOf } = options;
    this.#memory = new ReplyMemory(clock);
    this.#reader = new MessageReader(dir);
    this.#guard = new DiskGuard(options);
    this.#ledger = new Ledger(join(dir, 'ledger'));
    const now = (): number => clock.now();
    const monotonicMs = (): number => clock.monotonicMs();
    this.#changes = new EntryChanges({
      dir,
      catalog: this.#catalog,
      reader: this.#reader,
      routesOf,
      now,
      monotonicMs,
    });
    const { segments } = parts;
    const { segmentMaxBytes } = options;
    const { contributors } = this.#changes;
    const onNoSpace = async (): Promise<void> => await this.#guard.noteNoSpace();
    this.#commits = new GroupCommit({
      segments,
      segmentMaxBytes,
      clock,
      onEvent,
      contributors,
      onNoSpace,
    });
    this.#changes.connect(this.#commits);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.loaded = promise;
    promise.catch(() => undefined); // Whoever asks is told; nobody has to ask.
    this.#startLoading = () => void this.#load().then(resolve, reject);
  }

  readonly #startLoading: () => void;

  /** The part of opening that must be done before the first message: seconds count here. */
  async start(): Promise<void> {
    await this.#guard.sample();
    this.#corrupt = await countSetAside(join(this.#options.dir, 'corrupt'));
    const newest = [...this.#segments.segments.values()].findLast(({ sizeBytes }) => sizeBytes > 0);
    // A client whose reply was lost in the crash comes back at once, so the last messages must be known before it does.
    // What cannot be read is reported by the full reading.
    if (newest) await readRecentKeys(newest, this.#memory).catch(() => undefined);
    this.#startLoading();
  }

  begin({ sizeBytes }: { readonly sizeBytes?: number }): SpoolWriter {
    this.#mustBeOpen();
    if (this.isFull(sizeBytes)) throw new SpoolError('SPOOL_FULL');
    const { dir, smallMessageMaxBytes, routesOf, clock } = this.#options;
    return new MessageWriter({
      dir,
      smallMessageMaxBytes,
      routesOf,
      catalog: this.#catalog,
      memory: this.#memory,
      commits: this.#commits,
      guard: this.#guard,
      idsInFlight: this.#idsInFlight,
      pastKnown: this.loaded,
      now: () => clock.now(),
      ownerOf: (keys, at) => this.#ownerOf(keys, at),
    });
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

  async read(id: string): Promise<SpooledMessage | undefined> {
    const entry = this.#catalog.get(id);
    return entry && (await this.#guarded(entry, async () => await this.#reader.read(entry)));
  }

  async body(id: string): Promise<SpoolBody> {
    const entry = this.#catalog.get(id);
    if (!entry) throw new SpoolError('SPOOL_UNREADABLE', { detail: `${id} is not here` });
    return await this.#guarded(entry, async () => await this.#reader.body(entry));
  }

  async readWithBody(id: string): Promise<MessageWithBody | undefined> {
    const entry = this.#catalog.get(id);
    return (
      entry && (await this.#guarded(entry, async () => await this.#reader.readWithBody(entry)))
    );
  }

  async settle(id: string, outcomes: readonly RecipientOutcome[]): Promise<void> {
    this.#mustBeOpen();
    const entry = this.#catalog.get(id);
    if (entry && outcomes.length > 0)
      await this.#guarded(entry, async () => await this.#changes.settle(entry, outcomes));
  }

  async finish(id: string, outcomes: readonly RecipientOutcome[]): Promise<void> {
    this.#mustBeOpen();
    if (!outcomes.every(({ outcome }) => isFinal(outcome)))
      throw new TypeError('finish() is for final outcomes; use settle().');
    const entry = this.#catalog.get(id);
    if (entry) await this.#changes.finish(entry);
  }

  async release(id: string): Promise<void> {
    this.#mustBeOpen();
    const entry = this.#catalog.get(id);
    if (entry) await this.#changes.release(entry);
  }

  async hold(id: string, reason: string): Promise<void> {
    await this.#setHeld(id, reason);
  }

  async unhold(id: string): Promise<void> {
    await this.#setHeld(id, undefined);
  }

  stats(): SpoolStats {
    const oldest = this.#catalog.oldest();
    return {
      messages: this.#catalog.size,
      held: this.#catalog.held,
      sizeBytes: this.#catalog.sizeBytes,
      segments: this.#segments.segments.size,
      diskFreeBytes: this.#guard.freeBytes,
      ...(oldest ? { oldestAcceptedAtMs: oldest.acceptedAtMs } : {}),
      corrupt: this.#corrupt,
      isLoaded: this.#isLoaded,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.loaded.catch(() => undefined);
    await this.#reclaiming;
    await this.#commits.close();
    await this.#ledger.close();
    this.#segments.close();
    this.#lock.release();
  }

  /** Reads the past in the background, then begins to tidy up. */
  async #load(): Promise<void> {
    const { dir, clock, rememberMs } = this.#options;
    const isStopped = (): boolean => this.#isClosed;
    const bodies = await largeBodies(dir);
    await this.#ledger
      .load(this.#memory, { nowMs: clock.now(), rememberMs })
      // What it would have told only prevents doubles; the mail itself is in the segments.
      .catch((cause: unknown) =>
        this.#options.onEvent({
          name: 'spool.corrupt',
          segment: 'ledger',
          atByte: 0,
          problem: String(cause),
        }),
      );
    const toLoad = [...this.#segments.segments.values()].filter(({ isLoaded }) => !isLoaded);
    const onEvent: SpoolOptions['onEvent'] = (event) => {
      if (event.name === 'spool.corrupt') this.#corrupt += 1;
      this.#options.onEvent(event);
    };
    await loadSegments({
      ...this.#options,
      onEvent,
      toLoad,
      isStopped,
      catalog: this.#catalog,
      memory: this.#memory,
      segments: this.#segments.segments,
      reader: this.#reader,
    });
    if (isStopped()) return;
    this.#isLoaded = true;
    await removeStrayBodies(dir, this.#catalog, bodies);
    this.#timers.push(setInterval(() => this.#reclaim(), reclaimPauseMs).unref());
    this.#timers.push(setInterval(() => this.#sweep(), sweepPauseMs).unref());
  }

  #reclaim(): void {
    if (this.#isReclaiming) return;
    this.#isReclaiming = true;
    const { clock, onEvent } = this.#options;
    const parts: ReclaimParts = {
      segments: this.#segments,
      catalog: this.#catalog,
      commits: this.#commits,
      changes: this.#changes,
      reader: this.#reader,
      memory: this.#memory,
      ledger: this.#ledger,
      clock,
      onEvent,
      quietMs: this.#options.quietMs ?? defaultQuietMs,
      isStopped: () => this.#isClosed,
    };
    // A failure leaves everything where it was; the next round tries again.
    this.#reclaiming = reclaimOnce(parts)
      .catch((cause: unknown) => onEvent({ name: 'spool.sync-failed', cause }))
      .finally(() => (this.#isReclaiming = false));
  }

  #sweep(): void {
    const { clock, rememberMs, onEvent } = this.#options;
    for (const segment of this.#segments.segments.values()) this.#memory.touch(segment.keys.all());
    this.#memory.sweep(rememberMs);
    this.#ledger
      .dropOld(clock.now(), rememberMs)
      .catch((cause: unknown) => onEvent({ name: 'spool.sync-failed', cause }));
  }

  async #setHeld(id: string, reason: string | undefined): Promise<void> {
    this.#mustBeOpen();
    const entry = this.#catalog.get(id);
    if (!entry || entry.heldReason === reason) return;
    await this.#changes.inTurn(entry, async () => await this.#changes.setHeld(entry, reason));
  }

  /** A damaged message is set aside, said aloud, and does not come back. */
  async #guarded<T>(entry: Entry, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof DamagedRecord)) throw cause;
      const { segment, offset: from } = entry;
      await setAside(join(this.#options.dir, 'corrupt'), segment, {
        from,
        to: from + entry.recordBytes,
      });
      this.#corrupt += 1;
      this.#options.onEvent({
        name: 'spool.corrupt',
        id: entry.id,
        segment: segment.name,
        atByte: from,
        problem: cause.message,
      });
      await this.#changes.release(entry);
      throw new SpoolError('SPOOL_UNREADABLE', { cause, detail: entry.id });
    }
  }

  #ownerOf(keys: Uint32Array, at: number): string | undefined {
    for (const segment of [...this.#segments.segments.values()].toReversed()) {
      const offset = segment.keys.ownerOf(keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0);
      if (offset === undefined) continue;
      for (const entry of this.#catalog.entries())
        if (entry.segment === segment && entry.offset === offset) return entry.id;
    }
    return undefined;
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new SpoolError('SPOOL_CLOSED');
  }
}
