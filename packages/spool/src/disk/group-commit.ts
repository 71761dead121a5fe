// The only writer of segments. Gathers what is waiting, writes it at once, syncs once, answers all (group commit); while the
// disk works, the next batch gathers.
//
// Promise: durable() is called only after the sync that covered the record. When a write or sync fails, failed() is called for every
// message since the last good sync, the segment is given up (its tail is void for good), and the next batch begins a new one. A sync is never
// repeated on the same file: the kernel may have dropped the pages and would say yes. Facts about messages (outcomes, releases) get one
// second chance in the new segment, for what they record has happened already.
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { SpoolError } from '../errors.ts';
import { isNoSpace, syncData, writeAll } from './file-access.ts';
import { encodeHead, recordTypes } from './record.ts';
import type { SegmentDirectory } from './segment-directory.ts';
import type { Segment } from './segment.ts';
import type { Contributor, WaitingRecord } from './waiting-record.ts';

export interface GroupCommitOptions {
  readonly segments: SegmentDirectory;
  readonly segmentMaxBytes: number;
  readonly clock: Clock;
  readonly onEvent: EventSink;
  readonly changes: { readonly contributors: readonly Contributor[] };
  /** Told when the disk is full: a chance to make room for what is not mail. */
  readonly guard: { noteNoSpace(): Promise<void> };
}

interface Written {
  readonly waiting: WaitingRecord;
  readonly offset: number;
  readonly headBytes: number;
}

const batchMaxBytes = 8 * 1024 * 1024;
const batchMaxRecords = 500;
/** How long a record that is not urgent waits for company, and then for the sync. */
const lazyWriteMs = 10;
const lazySyncMs = 1000;
const seal = { type: recordTypes.seal, meta: '{}' } as const;

export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiting: WaitingRecord[] = [];
  #active: Segment | undefined;
  #unsynced: Written[] = [];
  #syncedBytes = 0;
  #run: Promise<void> | undefined;
  #isUrgent = false;
  /** Somebody called since the last gathering. */
  #isWanted = false;
  #lazyTimer: NodeJS.Timeout | undefined;
  #syncTimer: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #hadSecondChance = new WeakSet<WaitingRecord>();

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  get active(): Segment | undefined {
    return this.#active;
  }

  append(waiting: WaitingRecord): void {
    if (this.#isClosed) return waiting.failed(new SpoolError('SPOOL_CLOSED'));
    this.#waiting.push(waiting);
    this.wake(waiting.isUrgent);
  }

  /** Something waits, here or at a contributor. */
  wake(isUrgent: boolean): void {
    this.#isWanted = true;
    if (isUrgent) this.#isUrgent = true;
    if (this.#run) return;
    if (this.#isUrgent) this.#start();
    else this.#lazyTimer ??= setTimeout(() => this.#start(), lazyWriteMs);
  }

  /** Writes and syncs all that waits, says in the file that the end is in order, and takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#idle();
    this.#isUrgent = true;
    this.#start();
    await this.#idle();
    clearTimeout(this.#lazyTimer);
    clearTimeout(this.#syncTimer);
    await this.#seal();
  }

  async #idle(): Promise<void> {
    for (let run = this.#run; run !== undefined; run = this.#run) await run;
  }

  #start(): void {
    clearTimeout(this.#lazyTimer);
    this.#lazyTimer = undefined;
    this.#run ??= this.#loop().finally(() => {
      this.#run = undefined;
      if (this.#isWanted) this.wake(this.#isUrgent);
    });
  }

  async #loop(): Promise<void> {
    for (;;) {
      await endOfTurn(); // What came in the same turn of the event loop goes into the same write.
      const mustSync = this.#isUrgent;
      this.#isUrgent = false;
      this.#isWanted = false;
      const batch = this.#gather();
      if (batch.length === 0 && (!mustSync || this.#unsynced.length === 0)) break;
      await this.#commit(batch, mustSync);
    }
    if (this.#unsynced.length > 0 && !this.#isClosed) {
      this.#syncTimer ??= setTimeout(() => {
        this.#syncTimer = undefined;
        this.wake(true);
      }, lazySyncMs);
    }
  }

  #gather(): WaitingRecord[] {
    const { contributors } = this.#options.changes;
    const contributed = contributors.flatMap((contribute) => contribute() ?? []);
    let sizeBytes = 0;
    let count = 0;
    while (count < this.#waiting.length && count < batchMaxRecords && sizeBytes < batchMaxBytes) {
      sizeBytes += this.#waiting[count]?.record.body?.length ?? 0;
      count += 1;
    }
    const batch = this.#waiting.splice(0, count);
    if (this.#waiting.length > 0) this.#isUrgent = true; // The rest goes with the next batch, at once.
    return contributed.length === 0 ? batch : batch.concat(contributed);
  }

  async #commit(batch: readonly WaitingRecord[], mustSync: boolean): Promise<void> {
    const { clock, onEvent } = this.#options;
    const startedAtMs = clock.monotonicMs();
    try {
      const segment = await this.#segment();
      const isUrgent = mustSync || batch.some((waiting) => waiting.isUrgent);
      // A durable write covers its own bytes only: with others before it that are not synced, the whole file is.
      const durableFd = isUrgent && this.#unsynced.length === 0 ? segment.durableFd : undefined;
      await this.#write(segment, batch, durableFd ?? segment.fd);
      if (!isUrgent) return;
      if (durableFd === undefined) await syncData(segment.fd);
      this.#answer(segment, clock.monotonicMs() - startedAtMs);
    } catch (cause) {
      onEvent({ name: 'spool.sync-failed', cause });
      await this.#giveUp(batch, cause);
    }
  }

  async #segment(): Promise<Segment> {
    if (this.#active && this.#active.sizeBytes >= this.#options.segmentMaxBytes) {
      if (this.#unsynced.length > 0) {
        await syncData(this.#active.fd);
        this.#answer(this.#active, 0);
      }
      await this.#seal();
    }
    this.#active ??= await this.#options.segments.create();
    return this.#active;
  }

  async #write(segment: Segment, batch: readonly WaitingRecord[], fd: number): Promise<void> {
    const buffers: Buffer[] = [];
    const batchStart = segment.sizeBytes;
    let offset = batchStart;
    const written: Written[] = [];
    for (const waiting of batch) {
      const { record } = waiting;
      const head = encodeHead(record, segment.marker, batchStart);
      written.push({ waiting, offset, headBytes: head.length });
      buffers.push(head);
      if (record.body) buffers.push(record.body);
      offset += head.length + (record.body?.length ?? 0);
      for (const number of waiting.refersTo)
        if (number !== segment.number) segment.refersTo.add(number);
    }
    if (offset > batchStart) await writeAll(fd, buffers, batchStart, offset - batchStart);
    segment.sizeBytes = offset;
    for (const one of written) {
      this.#unsynced.push(one);
      one.waiting.written?.(segment, one.offset, one.headBytes);
    }
  }

  #answer(segment: Segment, durationMs: number): void {
    const done = this.#unsynced;
    this.#unsynced = [];
    this.#syncedBytes = segment.sizeBytes;
    let messages = 0;
    let sizeBytes = 0;
    for (const { waiting, offset, headBytes } of done) {
      waiting.durable(segment, offset, headBytes);
      if (waiting.record.type !== recordTypes.message) continue;
      messages += 1;
      sizeBytes += waiting.record.body?.length ?? 0;
    }
    if (messages > 0)
      this.#options.onEvent({ name: 'spool.committed', messages, sizeBytes, durationMs });
  }

  async #giveUp(batch: readonly WaitingRecord[], cause: unknown): Promise<void> {
    const { segments, onEvent, guard } = this.#options;
    const error = new SpoolError('SPOOL_NOT_DURABLE', { cause });
    const lost = new Set([...this.#unsynced.map(({ waiting }) => waiting), ...batch]);
    const segment = this.#active;
    this.#unsynced = [];
    this.#active = undefined;
    if (segment) {
      const from = this.#syncedBytes;
      this.#syncedBytes = 0;
      // Failing here too is remembered by the directory: it makes no new segment before the note is durable.
      await segments
        .voidFrom(segment, from)
        .catch((again: unknown) => onEvent({ name: 'spool.sync-failed', cause: again }));
    }
    if (isNoSpace(cause)) await guard.noteNoSpace();
    const again: WaitingRecord[] = [];
    for (const waiting of [...lost].reverse()) waiting.unwritten?.(); // Back step by step.
    for (const waiting of lost) {
      if (waiting.record.type === recordTypes.message || this.#hadSecondChance.has(waiting))
        waiting.failed(error);
      else again.push(waiting);
    }
    for (const waiting of again) this.#hadSecondChance.add(waiting);
    this.#waiting.unshift(...again);
    if (again.some(({ isUrgent }) => isUrgent)) this.#isUrgent = true;
  }

  /** Ends the active segment, which may be reclaimed from here on. Only a courtesy to the next reader, so a failure changes nothing. */
  async #seal(): Promise<void> {
    const segment = this.#active;
    this.#active = undefined;
    this.#syncedBytes = 0;
    if (!segment) return;
    const head = encodeHead(seal, segment.marker, segment.sizeBytes);
    try {
      await segment.reading(async () => {
        await writeAll(segment.fd, [head], segment.sizeBytes, head.length);
        segment.sizeBytes += head.length;
        await syncData(segment.fd);
      });
    } catch (cause) {
      this.#options.onEvent({ name: 'spool.sync-failed', cause });
    }
  }
}
