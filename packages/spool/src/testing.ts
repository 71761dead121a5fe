// For the tests of other packages: a real spool in a directory of its own that goes away with it. No double: what holds here holds on the disk.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@restante/runtime';
import { openSpool } from './disk/open-spool.ts';
import type { Spool, SpoolOptions } from './spool.ts';

export interface TemporarySpool extends AsyncDisposable {
  readonly spool: Spool;
  readonly dir: string;
}

/** Opens a spool that disposing removes. Every option may be given; the rest suits small tests. */
export async function openTemporarySpool(
  options: Partial<SpoolOptions> = {},
): Promise<TemporarySpool> {
  const dir = await mkdtemp(join(tmpdir(), 'restante-spool-'));
  const spool = await openSpool({ ...testSpoolOptions(dir), ...options });
  return {
    spool,
    dir,
    [Symbol.asyncDispose]: async () => {
      await spool[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Options for openSpool() in a test that keeps the directory itself, to open it twice. */
export function testSpoolOptions(dir: string): SpoolOptions {
  return {
    dir,
    site: 'test',
    smallMessageMaxBytes: 64 * 1024,
    segmentMaxBytes: 1024 * 1024,
    freeFloorBytes: 0,
    freeFloorInodes: 0,
    rememberMs: 3_600_000,
    routesOf: () => ['internet'],
    onEvent: () => undefined,
    clock: systemClock,
  };
}
