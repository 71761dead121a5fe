// Opens the spool directory for the one process that may write to it. Fast, whatever is held: old segments are read in the background.
import { lstat, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { syncDirectory } from '@restante/runtime';
import { SpoolError } from '../errors.ts';
import type { Spool, SpoolOptions } from '../spool.ts';
import { DiskSpool } from './disk-spool.ts';
import { lockSpool } from './lock.ts';
import { SegmentDirectory } from './segment-directory.ts';

export const spoolDirectories = ['segments', 'large', 'ledger', 'corrupt'] as const;

/**
 * Resolves when mail can be accepted; `loaded` when everything held is listed. Never throws for damaged content; throws SPOOL_LOCKED while
 * another process has the spool, SPOOL_UNUSABLE when the directory cannot be used.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  await prepareDirectories(options.dir);
  const lock = lockSpool(options.dir, `node of site ${options.site}`);
  try {
    const segments = new SegmentDirectory(options.dir);
    await segments.open('to-write');
    const spool = new DiskSpool(options, { segments, lock });
    await spool.start();
    return spool;
  } catch (cause) {
    lock.release();
    throw cause instanceof SpoolError
      ? cause
      : new SpoolError('SPOOL_UNUSABLE', { cause, detail: options.dir });
  }
}

async function prepareDirectories(dir: string): Promise<void> {
  try {
    const first = await mkdir(dir, { recursive: true, mode: 0o700 });
    for (const name of spoolDirectories) {
      const path = join(dir, name);
      await mkdir(path, { recursive: true, mode: 0o700 });
      // Somebody who can put a link here could make us write elsewhere.
      if (!(await lstat(path)).isDirectory()) {
        throw new SpoolError('SPOOL_UNUSABLE', { detail: `${path} is a link` });
      }
    }
    await syncNames(resolve(dir), dirname(resolve(first ?? dir)));
  } catch (cause) {
    throw cause instanceof SpoolError
      ? cause
      : new SpoolError('SPOOL_UNUSABLE', { cause, detail: dir });
  }
}

/** The names of directories must survive a power cut before a message inside them can. Every time: an earlier start may have failed here. */
async function syncNames(from: string, upTo: string): Promise<void> {
  await syncDirectory(from);
  for (let path = from; path !== upTo; path = dirname(path)) await syncDirectory(dirname(path));
}
