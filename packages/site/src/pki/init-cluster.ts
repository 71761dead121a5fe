// The files of the cluster's authority: what `restante cluster init` makes and `restante cluster renew` makes again.
//
// Promises
// - An authority that is there is never overwritten: everything made by it would be worthless.
// - Idempotent: running it again adds what is missing and touches nothing else.
// - Every file survives a power cut whole, with mode 0600. The authority's key is needed only here, not on the nodes.
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '@restante/runtime';
import type { Clock } from '@restante/runtime';
import type * as Certificates from './certificates.ts';
import type { KeyAndCertificate, SiteName } from './certificates.ts';
import { PkiError } from './errors.ts';

export interface InitOptions {
  readonly dir: string;
  readonly clusterName: string;
  readonly sites: readonly SiteName[];
  readonly clock: Clock;
}

export interface InitReport {
  /** Files that were written, in order. */
  readonly made: readonly string[];
  readonly kept: readonly string[];
}

/** Makes the authority and each site's certificate, where they are missing. */
export async function initCluster({
  dir,
  clusterName,
  sites,
  clock,
}: InitOptions): Promise<InitReport> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const made: string[] = [];
  const kept: string[] = [];
  const authority = await authorityOf(dir, clusterName, { clock, made, kept });
  for (const site of sites) {
    const file = join(dir, `${site.name}.crt`);
    if (
      (await readIfThere(file)) !== undefined &&
      (await readIfThere(join(dir, `${site.name}.key`))) !== undefined
    ) {
      kept.push(file);
    } else {
      await writePair(
        dir,
        site.name,
        await (await maker()).makeSiteCertificate(await withKey(authority, dir), site, clock.now()),
      );
      made.push(file);
    }
  }
  return { made, kept };
}

/** Makes the certificates of these sites again, with new keys. The authority stays. */
export async function renewSites({
  dir,
  sites,
  clock,
}: Omit<InitOptions, 'clusterName'>): Promise<InitReport> {
  const cert = await readIfThere(join(dir, 'ca.crt'));
  if (cert === undefined)
    throw new PkiError('CA_MISSING', {
      file: join(dir, 'ca.crt'),
      remedy: 'Run: restante cluster init',
    });
  const authority = await withKey({ cert, key: await readIfThere(join(dir, 'ca.key')) }, dir);
  const made: string[] = [];
  for (const site of sites) {
    await writePair(
      dir,
      site.name,
      await (await maker()).makeSiteCertificate(authority, site, clock.now()),
    );
    made.push(join(dir, `${site.name}.crt`));
  }
  return { made, kept: [join(dir, 'ca.crt')] };
}

interface Authority {
  readonly cert: string;
  readonly key: string | undefined;
}

async function authorityOf(
  dir: string,
  clusterName: string,
  {
    clock,
    made,
    kept,
  }: { readonly clock: Clock; readonly made: string[]; readonly kept: string[] },
): Promise<Authority> {
  const [certFile, keyFile] = [join(dir, 'ca.crt'), join(dir, 'ca.key')];
  const cert = await readIfThere(certFile);
  const key = await readIfThere(keyFile);
  if (cert !== undefined) {
    kept.push(certFile);
    return { cert, key };
  }
  if (key !== undefined) {
    // Half of an authority: a crash between the two files, or a lost certificate that others still trust. A person decides.
    throw new PkiError('CA_MISSING', {
      file: certFile,
      remedy: `${keyFile} is there without it: put ca.crt back, or remove ca.key to begin anew.`,
    });
  }
  const pair = await (await maker()).makeAuthority(clusterName, clock.now());
  await writePair(dir, 'ca', pair);
  made.push(certFile);
  return pair;
}

async function withKey({ cert, key }: Authority, dir: string): Promise<KeyAndCertificate> {
  if (key === undefined) {
    throw new PkiError('CA_KEY_MISSING', {
      file: join(dir, 'ca.key'),
      remedy: 'Run this where the authority was made, or put ca.key here for the moment.',
    });
  }
  return { cert, key };
}

/** The certificate last: whoever sees it has the key too. */
async function writePair(
  dir: string,
  name: string,
  { key, cert }: KeyAndCertificate,
): Promise<void> {
  for (const [ending, content] of [
    ['key', key],
    ['crt', cert],
  ] as const) {
    const file = join(dir, `${name}.${ending}`);
    await writeFileDurably(file, content, { mode: 0o600 });
    await chmod(file, 0o600);
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new PkiError(
      'CERTIFICATE_UNREADABLE',
      { file, remedy: 'Check its owner and permissions.' },
      { cause },
    );
  }
}

/** Loaded when certificates are made: a node that runs needs none of it. */
async function maker(): Promise<typeof Certificates> {
  return import('./certificates.ts');
}
