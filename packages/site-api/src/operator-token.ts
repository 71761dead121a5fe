// The key to a site's operator interface: one random token in a file that only the site's own user can read. Whoever
// can read the file may operate the site; there is no other password.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret, writeFileDurably } from '@restante/runtime';
import { SiteApiError } from './errors.ts';

const shape = /^[A-Za-z0-9_-]{43}$/;

/** Where the token of a site lies. */
export function operatorTokenPath(siteDir: string): string {
  return join(siteDir, 'operator.token');
}

/** The site's token; made (mode 0600) when there is none yet, so that it stays the same over restarts. */
export async function ensureOperatorToken(siteDir: string): Promise<Secret> {
  const path = operatorTokenPath(siteDir);
  const present = await readFile(path, 'utf8').catch(absent);
  if (present !== undefined && shape.test(present.trim())) return new Secret(present.trim());
  const made = randomBytes(32).toString('base64url');
  await writeFileDurably(path, `${made}\n`, { mode: 0o600 });
  return new Secret(made);
}

/** For a client on the same machine. Throws NOT_AUTHORIZED when the file is not there or not ours to read. */
export async function readOperatorToken(siteDir: string): Promise<Secret> {
  const path = operatorTokenPath(siteDir);
  try {
    return new Secret((await readFile(path, 'utf8')).trim());
  } catch (cause) {
    throw new SiteApiError('NOT_AUTHORIZED', {
      detail: `Cannot read ${path}. The site writes it when it starts; it is readable by the user the site runs as.`,
      cause,
    });
  }
}

function absent(cause: unknown): undefined {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
  throw cause;
}
