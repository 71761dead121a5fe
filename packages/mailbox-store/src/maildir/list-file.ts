// How a UID list is opened, measured and read.
import { constants, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Which bytes something was read from; anything else on disk means somebody else was here. */
export interface Seen {
  readonly inode: number;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

const none: Seen = { inode: 0, sizeBytes: 0, mtimeMs: 0 };

export function stampOf({ inode, sizeBytes, mtimeMs }: Seen = none): string {
  return `${inode}:${sizeBytes}:${mtimeMs}`;
}

export function seenOf(fd: number): Seen {
  const { ino, size, mtimeMs } = fstatSync(fd);
  return { inode: ino, sizeBytes: size, mtimeMs };
}

/** The stamp of a file as it is now. */
export function stampOnDisk(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stampOf(stat && { inode: stat.ino, sizeBytes: stat.size, mtimeMs: stat.mtimeMs });
}

export function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

export function readFrom(fd: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(fd, bytes, filled, bytes.length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
