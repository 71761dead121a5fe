// One writer at a time. The lock is the kernel's (an exclusive lock on the file "lock", taken through SQLite, the only door Node has to
// such locks), so it ends with the process however that dies, and holds between containers that share the directory.
//
// Such a lock is lost when the same process closes another descriptor of that file, so nothing else in here ever opens "lock".
//
// "lock.json" beside it only tells people who holds it; nobody believes it without asking the kernel.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SpoolError } from '../errors.ts';

export interface SpoolLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly purpose: string;
  readonly since: string;
  readonly bootId: string;
}

/** Throws SPOOL_LOCKED and names the holder while another process has it. A lock left by a killed process is free at once. */
export function lockSpool(dir: string, purpose: string): SpoolLock {
  const database = new DatabaseSync(join(dir, 'lock'), { timeout: 0 });
  try {
    // With the journal in memory nothing is written, so it works on a full disk too.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!isBusy(cause))
      throw new SpoolError('SPOOL_UNUSABLE', { cause, detail: join(dir, 'lock') });
    throw new SpoolError('SPOOL_LOCKED', { cause, detail: describeHolder(dir) });
  }
  const holder: Holder = {
    pid: process.pid,
    purpose,
    since: new Date().toISOString(),
    bootId: bootId(),
  };
  try {
    writeFileSync(join(dir, 'lock.json'), `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  } catch {
    // A full disk must not keep the node from starting: what is held has to drain. Only the note for people is missing then.
  }
  return { release: () => database.close() };
}

/** True when some process holds it. For tools that only read and want to say so. */
export function isSpoolLocked(dir: string): boolean {
  try {
    lockForAMoment(dir);
    return false;
  } catch (cause) {
    return isBusy(cause);
  }
}

/** SQLITE_BUSY: the kernel gave the lock to somebody else. */
function isBusy(cause: unknown): boolean {
  return cause instanceof Error && 'errcode' in cause && cause.errcode === 5;
}

function lockForAMoment(dir: string): void {
  const database = new DatabaseSync(join(dir, 'lock'), { timeout: 0, readOnly: true });
  try {
    // A shared lock is refused while somebody has the exclusive one.
    database.prepare('SELECT count(*) FROM sqlite_master').get();
  } finally {
    database.close();
  }
}

/** "pid 4711, node, since ..." or that it is not known. */
export function describeHolder(dir: string): string {
  try {
    const holder = JSON.parse(readFileSync(join(dir, 'lock.json'), 'utf8')) as Holder;
    return `pid ${holder.pid}, ${holder.purpose}, since ${holder.since}`;
  } catch {
    return 'holder unknown';
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown'; // Not Linux.
  }
}
