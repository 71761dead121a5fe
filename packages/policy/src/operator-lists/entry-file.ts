// The lists on disk: a file of lines, one entry as JSON in each; of several lines about one entry the newest word counts. A change is a
// line more; now and then the file is written anew without what no longer counts.
//
// Promises
// - append() resolves when the lines are on disk. After a write that failed the file is written anew before the next one.
// - A line that was cut by a power cut is dropped; one that cannot be read is set aside in "operator-lists.damaged" and told.
import { open, mkdir, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '@restante/runtime';
import { PolicyError } from '../errors.ts';
import type { OperatorEntry } from './operator-lists.ts';

export interface EntryFile extends AsyncDisposable {
  append(entries: readonly OperatorEntry[]): Promise<void>;
  /** When the file has become mostly history. */
  readonly isWordy: boolean;
  rewrite(): Promise<void>;
}

export interface EntryFileOptions {
  readonly dir: string;
  /** What is in the file; undefined for a line that is none. */
  read(line: unknown): OperatorEntry | undefined;
  onEntry(entry: OperatorEntry): void;
  onDamaged(lines: number): void;
  /** All that is to be in a file that is written anew. */
  all(): Iterable<OperatorEntry>;
}

const historyMax = 1000;
const linesPerWrite = 2000;

export async function openEntryFile(options: EntryFileOptions): Promise<EntryFile> {
  const { dir, all } = options;
  const path = join(dir, 'operator-lists.jsonl');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { damaged } = await load(path, options);
  if (damaged.length > 0) {
    await writeFileDurably(join(dir, 'operator-lists.damaged'), `${damaged.join('\n')}\n`);
    options.onDamaged(damaged.length);
  }
  let handle: FileHandle | undefined;
  let lines = 0;
  let count = 0;
  let isUnsure = false;

  const rewrite = async () => {
    const chunks: string[] = [];
    count = 0;
    for (const entry of all()) {
      chunks.push(JSON.stringify(entry));
      count += 1;
      // A long list must not stop the rest of the process while it becomes text.
      if (count % linesPerWrite === 0) await new Promise(setImmediate);
    }
    await writeFileDurably(path, chunks.length === 0 ? '' : `${chunks.join('\n')}\n`);
    lines = count;
    isUnsure = false;
    const old = handle;
    handle = undefined;
    await old?.close();
  };
  await rewrite();

  return {
    get isWordy() {
      return lines > 2 * count + historyMax;
    },
    rewrite,
    async append(entries) {
      if (entries.length === 0) return;
      try {
        if (isUnsure) await rewrite();
        handle ??= await open(path, 'a', 0o600);
        await handle.appendFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
        await handle.datasync();
        lines += entries.length;
      } catch (cause) {
        // What is in the file now nobody knows, and a sync that failed is never asked again.
        isUnsure = true;
        throw new PolicyError('LISTS_NOT_SAVED', { cause });
      }
    },
    [Symbol.asyncDispose]: async () => handle?.close(),
  };
}

async function load(
  path: string,
  { read, onEntry }: EntryFileOptions,
): Promise<{ readonly damaged: readonly string[] }> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw new PolicyError('LISTS_UNREADABLE', { about: path, cause });
  });
  const damaged: string[] = [];
  const lines = text.split('\n');
  // Behind the last line end stands nothing, or what a power cut left of a line that nobody was promised.
  lines.pop();
  for (const line of lines) {
    const entry = read(parsed(line));
    if (entry === undefined) damaged.push(line);
    else onEntry(entry);
  }
  return { damaged };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // No entry, as any other value that is none.
  }
}
