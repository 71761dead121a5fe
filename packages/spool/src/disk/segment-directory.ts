// The segment files of one spool: which there are, the next new one, and what must never be believed again.
//
// voids.json names, for a segment whose write or sync failed, the byte from which its records count for nothing. It is durable
// before anything else is acknowledged, so that a record whose client was told 451 cannot come back after a restart.
import { randomBytes } from 'node:crypto';
import { fstatSync, openSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, writeFileDurably } from '@restante/runtime';
import { closeFile, openFile, openFlags, syncData, truncateFile } from './file-access.ts';
import { markerBytes } from './record.ts';
import { parseSegmentName, Segment, segmentName } from './segment.ts';

export class SegmentDirectory {
  /** By number, ascending. */
  readonly segments = new Map<number, Segment>();
  readonly #dir: string;
  readonly #spoolDir: string;
  #next = 1;
  /** Segment number to the first byte that is void. */
  #voids = new Map<number, number>();
  #areVoidsDurable = true;

  constructor(spoolDir: string) {
    this.#spoolDir = spoolDir;
    this.#dir = join(spoolDir, 'segments');
  }

  /** Opens what is there; reads no records. */
  async open(how: 'to-write' | 'to-read'): Promise<void> {
    this.#voids = readVoids(this.#voidsPath);
    const found = (await readdir(this.#dir)).flatMap((name) => parseSegmentName(name) ?? []);
    for (const { number, marker } of found.sort((a, b) => a.number - b.number)) {
      const path = join(this.#dir, segmentName(number, marker));
      const fd = openSync(path, how === 'to-write' ? openFlags.readWrite : openFlags.read);
      const segment = new Segment(this.#dir, { number, marker, fd, sizeBytes: fstatSync(fd).size });
      segment.sizeBytes = Math.min(
        segment.sizeBytes,
        this.#voids.get(number) ?? Number.POSITIVE_INFINITY,
      );
      this.segments.set(number, segment);
      this.#next = number + 1;
    }
  }

  /** A new, empty segment that will survive a power cut. */
  async create(): Promise<Segment> {
    await this.#makeVoidsDurable();
    const number = this.#next;
    const marker = randomBytes(markerBytes);
    const path = join(this.#dir, segmentName(number, marker));
    const fd = await openFile(path, openFlags.createNew);
    let durableFd: number | undefined;
    try {
      durableFd = await openFile(path, openFlags.writeDurably);
      await syncData(fd);
      await syncDirectory(this.#dir);
    } catch (cause) {
      await closeFile(fd);
      if (durableFd !== undefined) await closeFile(durableFd);
      await rm(path, { force: true });
      throw cause;
    }
    const segment = new Segment(this.#dir, { number, marker, fd, durableFd, sizeBytes: 0 });
    segment.isLoaded = true;
    this.#next = number + 1;
    this.segments.set(number, segment);
    return segment;
  }

  /** Nothing from this byte on will ever be believed. Throws when that could not be made durable; create() then tries again. */
  async voidFrom(segment: Segment, byte: number): Promise<void> {
    segment.sizeBytes = byte;
    this.#voids.set(segment.number, byte);
    this.#areVoidsDurable = false;
    // Best effort only: after a failed sync the file cannot be trusted, voids.json is what counts.
    await segment.reading(async () => await truncateFile(segment.fd, byte)).catch(() => undefined);
    await this.#makeVoidsDurable();
  }

  /** Forgets the segment and unlinks its file. */
  async remove(segment: Segment): Promise<void> {
    this.segments.delete(segment.number);
    segment.retire();
    await rm(segment.path, { force: true });
    if (this.#voids.delete(segment.number)) this.#areVoidsDurable = false; // Written with the next note; harmless until then.
  }

  close(): void {
    for (const segment of this.segments.values()) segment.retire();
  }

  get #voidsPath(): string {
    return join(this.#spoolDir, 'voids.json');
  }

  async #makeVoidsDurable(): Promise<void> {
    if (this.#areVoidsDurable) return;
    await writeFileDurably(this.#voidsPath, JSON.stringify([...this.#voids]));
    this.#areVoidsDurable = true;
  }
}

/** An unreadable file means no voids: it is replaced as a whole, so it is never half there. */
function readVoids(path: string): Map<number, number> {
  try {
    const rows: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return new Map(Array.isArray(rows) ? (rows as [number, number][]) : []);
  } catch {
    // No file is the normal case. A damaged one can only bring back messages whose clients were told to try again: doubled, not lost.
    return new Map();
  }
}
