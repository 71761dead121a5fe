// The few system calls of the hot path as promises, on bare file descriptors: FileHandle costs more per call, and a
// descriptor here always belongs to one object that closes it. Nothing follows a symbolic link.
import { constants, close, fdatasync, ftruncate, open, read, writev } from 'node:fs';

const { O_CREAT, O_DSYNC, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_WRONLY } = constants;

export const openFlags = {
  read: O_RDONLY | O_NOFOLLOW,
  readWrite: O_RDWR | O_NOFOLLOW,
  createNew: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
  /** Every write returns when it is on disk, as write and fdatasync would: one trip to a thread instead of two. */
  writeDurably: O_WRONLY | O_DSYNC | O_NOFOLLOW,
  createNewForWriting: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
} as const;

export function openFile(path: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, flags, 0o600, (error, fd) => (error ? reject(error) : resolve(fd)));
  });
}

export function closeFile(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    close(fd, (error) => (error ? reject(error) : resolve()));
  });
}

/** Writes everything or throws; a short write (a disk that filled up in the middle) is a failure. */
export function writeAll(
  fd: number,
  buffers: readonly Buffer[],
  position: number,
  sizeBytes: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    writev(fd, buffers as Buffer[], position, (error, written) => {
      if (error) reject(error);
      else if (written !== sizeBytes)
        reject(new Error(`Only ${written} of ${sizeBytes} bytes were written.`));
      else resolve();
    });
  });
}

export function syncData(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error ? reject(error) : resolve()));
  });
}

export function truncateFile(fd: number, sizeBytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    ftruncate(fd, sizeBytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Fills the buffer from the position; gives how many bytes there were. */
export function readInto(
  fd: number,
  buffer: Buffer,
  position: number,
  length = buffer.length,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let filled = 0;
    const step = (): void => {
      read(fd, buffer, filled, length - filled, position + filled, (error, count) => {
        if (error) return reject(error);
        filled += count;
        if (count === 0 || filled === length) return resolve(filled);
        step();
      });
    };
    step();
  });
}

/** Reads exactly these bytes; fewer are a failure. */
export async function readExactly(fd: number, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const filled = await readInto(fd, buffer, position);
  if (filled !== length) throw new Error(`Only ${filled} of ${length} bytes are there.`);
  return buffer;
}

/** A write that ended short says no code; the rest did not fit. */
export function isNoSpace(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' || (cause instanceof Error && code === undefined);
}
