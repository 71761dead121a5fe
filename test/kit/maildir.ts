// Looks into a Maildir as any other tool would: files in new/ and cur/, nothing of ours involved.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface FoundMail {
  readonly path: string;
  readonly bytes: Buffer;
  /** Everything after the first empty line, as latin1. */
  readonly body: string;
  /** The value of a header field; the first one. */
  header(name: string): string | undefined;
}

/** Every delivered message below a directory, wherever in it Maildirs are. */
export async function readMaildirs(root: string): Promise<readonly FoundMail[]> {
  const names = await readdir(root, { recursive: true }).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  });
  const paths = names
    .filter((name) => /(^|\/)(new|cur)\/[^/]+$/.test(name))
    .map((name) => join(root, name));
  const mails: FoundMail[] = [];
  for (const path of paths) mails.push(describe(path, await readFile(path)));
  return mails;
}

function describe(path: string, bytes: Buffer): FoundMail {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.subarray(0, end < 0 ? bytes.length : end + 2).toString('latin1');
  return {
    path,
    bytes,
    body: end < 0 ? '' : bytes.subarray(end + 4).toString('latin1'),
    header: (name) =>
      new RegExp(`^${name}:[ \\t]*((?:[^\\r\\n]|\\r\\n[ \\t])*)`, 'im').exec(head)?.[1],
  };
}
