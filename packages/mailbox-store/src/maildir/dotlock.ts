// The lock every writer of a Maildir's UID list takes, Dovecot too: a file beside it holding "pid:host",
// linked into place so that only one can be there.
//
// A lock is stale when its process is gone on this host, when it is older than the boot of this machine, when it names us
// though we do not hold it (a container gives the same pid after a restart), or when nobody touched it for too long (two
// minutes, as Dovecot has it, for a holder we cannot see; ten for one that is alive: its pid may be somebody else's by now).
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  lstatSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { hostname, uptime } from 'node:os';
import { dirname, join } from 'node:path';
import { MailboxStoreError } from '../errors.ts';
import type { Clock } from '@restante/runtime';

const staleAfterMs = 120_000;
const staleAliveAfterMs = 600_000;
const waitMaxMs = 125_000;
const identity = `${process.pid}:${hostname()}`;
// Of the whole process on purpose: the pid inside the lock file is the process's, whoever asks.
const held = new Map<string, number>();
let scratchCount = 0;

/** Takes the lock if it is free; never waits. */
export function tryLock(path: string): boolean {
  if (held.has(path)) return false;
  // Linked into place with its content: a lock that a kill left empty would belong to nobody, and be waited for.
  scratchCount += 1;
  const scratch = join(dirname(path), 'tmp', `lock.${process.pid}.${scratchCount}`);
  try {
    const inode = writeScratch(scratch);
    linkSync(scratch, path);
    held.set(path, inode);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw cause;
  } finally {
    remove(scratch);
  }
}

function writeScratch(path: string): number {
  const fd = openSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    writeSync(fd, identity);
    return fstatSync(fd).ino;
  } finally {
    closeSync(fd);
  }
}

export function unlock(path: string): void {
  const inode = held.get(path);
  held.delete(path);
  try {
    // A process that was frozen for minutes may have lost the lock; the one that is there now is not ours to remove.
    if (lstatSync(path).ino === inode) unlinkSync(path);
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw cause;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw cause;
  }
}

/** Waits for the lock, breaking it when it is stale. Throws MAILBOX_LOCKED when a live holder keeps it. */
export async function waitForLock(path: string, clock: Clock): Promise<void> {
  const startMs = clock.monotonicMs();
  for (let delayMs = 1; !tryLock(path); delayMs = Math.min(delayMs * 2, 50)) {
    if (!held.has(path) && breakIfStale(path, clock.now())) continue;
    if (clock.monotonicMs() - startMs > waitMaxMs)
      throw new MailboxStoreError('MAILBOX_LOCKED', { about: path });
    await clock.sleep(delayMs);
  }
}

/** True when a stale lock was taken away (or was gone already). */
export function breakIfStale(path: string, nowMs: number): boolean {
  if (held.has(path)) return false;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return true;
  if (!isStale(path, stat, nowMs)) return false;
  // Two processes may come to this point together: whoever renames first must not have its fresh lock taken by the other.
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    if (lstatSync(aside).ino !== stat.ino) linkSync(aside, path);
    unlinkSync(aside);
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT' && codeOf(cause) !== 'EEXIST') throw cause;
  }
  return true;
}

function isStale(path: string, stat: Stats, nowMs: number): boolean {
  const ageMs = nowMs - stat.mtimeMs;
  if (ageMs > uptime() * 1000) return true;
  const [, pid, host] = /^(\d{1,10}):(.*)$/.exec(contentOf(path)) ?? [];
  if (pid === undefined || host !== hostname()) return ageMs > staleAfterMs;
  return Number(pid) === process.pid || !isAlive(Number(pid)) || ageMs > staleAliveAfterMs;
}

function contentOf(path: string): string {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(300);
      return bytes.toString('latin1', 0, readSync(fd, bytes));
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    if (['ENOENT', 'ELOOP', 'EACCES'].includes(codeOf(cause))) return '';
    throw cause;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) !== 'ESRCH';
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
