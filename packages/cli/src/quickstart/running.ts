// Which quickstarts run on this checkout, so that commands find the one that is meant without being told.
//
// Each leaves one small file, named after its pid, in .restante/running at the root of the repository, and takes it away
// when it ends. A file whose process is gone counts for nothing.
import { mkdir, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '@restante/runtime';
import { isAlive } from './processes.ts';

export interface RunningQuickstart {
  readonly pid: number;
  readonly dir: string;
}

/** The root of the repository; where quickstarts keep their state unless told otherwise. */
export const repositoryRoot: string = join(import.meta.dirname, '..', '..', '..', '..');
const running = join(repositoryRoot, '.restante', 'running');

export async function runningQuickstarts(): Promise<readonly RunningQuickstart[]> {
  const names = await readdir(running).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => readEntry(join(running, name))),
  );
  return found.flatMap((entry) => entry ?? []);
}

/** Not being able to leave the file costs a convenience, so it never fails. */
export async function announceQuickstart(entry: RunningQuickstart): Promise<AsyncDisposable> {
  const path = join(running, `${entry.pid}.json`);
  await mkdir(running, { recursive: true })
    .then(async () => writeFileDurably(path, `${JSON.stringify(entry)}\n`, { mode: 0o644 }))
    .catch(() => undefined);
  return { [Symbol.asyncDispose]: async () => unlink(path).catch(() => undefined) };
}

async function readEntry(path: string): Promise<RunningQuickstart | undefined> {
  try {
    const { pid, dir } = JSON.parse(await readFile(path, 'utf8')) as Partial<RunningQuickstart>;
    if (typeof pid !== 'number' || typeof dir !== 'string') return undefined;
    if (await isAlive(pid, 'quickstart')) return { pid, dir };
    await unlink(path);
    return undefined;
  } catch {
    return undefined; // Gone or half-written: not running.
  }
}
