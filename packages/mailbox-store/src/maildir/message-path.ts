// The path of a message file. Names were read as Latin-1, so that any byte comes out as it went in.
import { join } from 'node:path';

const ascii = /^[\x20-\x7e]*$/;

/** `rest` is "cur/<name>" or the like, below the folder's directory. */
export function messagePath(dir: string, rest: string): string | Buffer {
  if (ascii.test(rest)) return join(dir, rest);
  return Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(rest, 'latin1')]);
}
