// Certificates that a cluster must not believe, and such as it should: any name, any issuer, any time.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryDirectory } from './temporary-directory.ts';

const run = promisify(execFile);

/** PEM both. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

export interface Papers {
  readonly commonName: string;
  /** Who signs; itself when absent. */
  readonly by?: Certified;
  readonly isAuthority?: boolean;
  /** From now. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

const dayMs = 86_400_000;

export async function makeCertificate({
  commonName,
  by,
  isAuthority = false,
  fromMs = -dayMs,
  toMs = 30 * dayMs,
}: Papers): Promise<Certified> {
  await using dir = await temporaryDirectory();
  const at = (name: string) => join(dir.path, name);
  const openssl = async (...args: readonly string[]) => run('openssl', args, { cwd: dir.path });
  await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'key.pem');
  await openssl(
    'req',
    '-new',
    '-key',
    'key.pem',
    '-subj',
    `/CN=${commonName}`,
    '-out',
    'request.pem',
  );
  const extensions = [
    `basicConstraints=critical,CA:${isAuthority ? 'TRUE' : 'FALSE'}`,
    isAuthority ? 'keyUsage=critical,keyCertSign' : 'extendedKeyUsage=serverAuth,clientAuth',
    `subjectAltName=DNS:mx.${commonName.replaceAll(/[^a-z]/g, '')}.example`,
  ];
  await writeFile(at('extensions'), `[papers]\n${extensions.join('\n')}\n`);
  // The "ca" command is the one that can sign for the past and the future.
  await writeFile(at('index'), '');
  await writeFile(at('serial'), `${Date.now().toString(16).padStart(12, '0')}01\n`);
  await writeFile(
    at('ca.cnf'),
    '[ca]\ndefault_ca=one\n[one]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\n',
  );
  if (by !== undefined) {
    await writeFile(at('issuer.pem'), by.cert);
    await writeFile(at('issuer.key'), by.key);
  }
  const signer =
    by === undefined
      ? ['-selfsign', '-keyfile', 'key.pem']
      : ['-cert', 'issuer.pem', '-keyfile', 'issuer.key'];
  await openssl(
    'ca',
    '-batch',
    '-config',
    'ca.cnf',
    '-in',
    'request.pem',
    '-out',
    'cert.pem',
    '-notext',
    '-extfile',
    'extensions',
    '-extensions',
    'papers',
    '-startdate',
    utcOf(fromMs),
    '-enddate',
    utcOf(toMs),
    ...signer,
  );
  return {
    cert: await readFile(at('cert.pem'), 'utf8'),
    key: await readFile(at('key.pem'), 'utf8'),
  };
}

/** YYYYMMDDHHMMSSZ. */
function utcOf(fromNowMs: number): string {
  return `${new Date(Date.now() + fromNowMs).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
}
