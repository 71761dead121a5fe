// One append-only file of the spool and what is known of it in memory.
//
// The number orders segments in time; the marker (random, in the file name) begins every record. A descriptor stays open as
// long as somebody works with it, even when the file has been retired meanwhile; once it is closed nobody can use it again, for
// its number may belong to another file by then.
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { KeyLog } from './key-log.ts';
import { readExactly } from './file-access.ts';

const namePattern = /^(\d{8,})-([0-9a-f]{16})\.seg$/;

export function segmentName(number: number, marker: Buffer): string {
  return `${String(number).padStart(8, '0')}-${marker.toString('hex')}.seg`;
}

export function parseSegmentName(name: string): { number: number; marker: Buffer } | undefined {
  const match = namePattern.exec(name);
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { number: Number(match[1]), marker: Buffer.from(match[2], 'hex') };
}

/** The file was retired before this reading began; what it held is elsewhere by now, or finished. */
export class SegmentGone extends Error {
  override readonly name = 'SegmentGone';
}

export class Segment {
  readonly number: number;
  readonly marker: Buffer;
  readonly name: string;
  readonly path: string;
  readonly fd: number;
  /** The same file; what is written through it is durable when the write ends. Only for segments that are written to. */
  readonly durableFd: number | undefined;
  /** Bytes up to which records are valid. */
  sizeBytes: number;
  liveMessages = 0;
  liveBytes = 0;
  /** True once it was read to its end after a start, and from the beginning for one of this run. */
  isLoaded = false;
  /** When something in it last changed, monotonic: copying forward waits until it is quiet. */
  changedAtMs = 0;
  /** Numbers of older segments that records in here speak about; this one must outlive them. */
  readonly refersTo = new Set<number>();
  /** Keys to remember when this file is gone. */
  readonly keys = new KeyLog();
  #readers = 0;
  #isRetired = false;

  constructor(
    directory: string,
    parts: {
      readonly number: number;
      readonly marker: Buffer;
      readonly fd: number;
      readonly durableFd?: number;
      readonly sizeBytes: number;
    },
  ) {
    this.number = parts.number;
    this.marker = parts.marker;
    this.fd = parts.fd;
    this.durableFd = parts.durableFd;
    this.sizeBytes = parts.sizeBytes;
    this.name = segmentName(parts.number, parts.marker);
    this.path = join(directory, this.name);
  }

  async read(offset: number, length: number): Promise<Buffer> {
    return await this.reading(async () => await readExactly(this.fd, offset, length));
  }

  /** Keeps the descriptor open while the work runs; begin before anything is awaited. Throws SegmentGone after retire(). */
  async reading<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isRetired) throw new SegmentGone(this.name);
    this.#readers += 1;
    try {
      return await work();
    } finally {
      this.#readers -= 1;
      if (this.#isRetired && this.#readers === 0) this.#close();
    }
  }

  /** No further reading can begin; closes the descriptor after the last one. */
  retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    if (this.#readers === 0) this.#close();
  }

  #close(): void {
    closeSync(this.fd);
    if (this.durableFd !== undefined) closeSync(this.durableFd);
  }
}
