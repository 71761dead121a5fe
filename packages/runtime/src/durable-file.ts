// Replaces a small file so that after a power cut either the old or the new content is there, whole.
//
// Measured on ext4: write, fsync, rename, then fsync of the directory survives; any other order can lose the file.
import { closeSync, constants, fsync, openSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const fsyncAsync = promisify(fsync);

/** Writes, syncs, renames into place, syncs the directory. Throws the system's error; the old content then stands. */
export async function writeFileDurably(
  path: string,
  content: string | Uint8Array,
  { mode = 0o600 }: { readonly mode?: number } = {},
): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'w', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (cause) {
    await file.close();
    await unlink(temporary).catch(() => undefined); // Best effort: the leftover is harmless and overwritten next time.
    throw cause;
  }
  await file.close();
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Makes the names in a directory survive a power cut. Only what waits for the disk goes to another thread. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await fsyncAsync(directory);
  } finally {
    closeSync(directory);
  }
}
