// Which folder a GUID in the names of recoverable messages was, for folders that are gone: "<guid> <name>" a line.
//
// What is missing here is restored into the inbox.
import { constants, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

const fileName = 'restante-origins';

export async function noteOrigin(keepDir: string, guid: string, name: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const file = await open(join(keepDir, fileName), flags, 0o600);
  try {
    await file.writeFile(`${guid} ${name}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

export function readOrigins(keepDir: string): ReadonlyMap<string, string> {
  try {
    const lines = readFileSync(join(keepDir, fileName), 'utf8').split('\n');
    const entries = lines.flatMap((line) => {
      const found = /^([0-9a-f]{16}) (.+)$/.exec(line);
      return found ? [[found[1] ?? '', found[2] ?? ''] as const] : [];
    });
    return new Map(entries);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return new Map();
    throw cause;
  }
}
