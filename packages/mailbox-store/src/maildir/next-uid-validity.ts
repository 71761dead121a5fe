// The next UIDVALIDITY of a mailbox: larger than any it ever gave to any of its folders, so a folder that is deleted and made
// again under its name in the same second is another folder for every client (RFC 3501 §2.3.1.1).
//
// Remembered as Dovecot does it: an empty file dovecot-uidvalidity.<hex> whose name is the number, and the same number in
// dovecot-uidvalidity.
import { closeSync, openSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const shape = /^dovecot-uidvalidity\.([0-9a-f]{8})$/;

/** The caller syncs the directory, or does without: a number that is lost was given to a folder that is lost. */
export async function nextUidValidity(root: string, atLeast: number): Promise<number> {
  const names = (await readdir(root)).filter((name) => shape.test(name));
  const last = Math.max(
    0,
    ...names.map((name) => Number.parseInt(shape.exec(name)?.[1] ?? '0', 16)),
  );
  let next = Math.max(atLeast, last + 1);
  while (!tryClaim(join(root, `dovecot-uidvalidity.${hex(next)}`))) next += 1;
  await writeFile(join(root, 'dovecot-uidvalidity'), hex(next), { mode: 0o600 });
  for (const name of names) await rm(join(root, name), { force: true });
  return next;
}

/** False when another process was faster. */
function tryClaim(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw cause;
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
