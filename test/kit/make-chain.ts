// A small certificate authority for one test: a root, an issuer below it, servers below that. For TLS that has to be judged.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface MadeChain {
  /** PEM. */
  readonly root: string;
  readonly issuer: string;
  readonly leaf: string;
  readonly key: string;
  /** Files: what a server shows (its own, the issuer, the root), and its key. */
  readonly chainPath: string;
  readonly keyPath: string;
}

export interface ChainOptions {
  readonly dir: string;
  readonly names: readonly string[];
  /** From now; negative is over. */
  readonly days?: number;
}

/** Certificates of P-256, valid from yesterday. */
export async function makeChain({ dir, names, days = 30 }: ChainOptions): Promise<MadeChain> {
  const at = (name: string) => join(dir, name);
  const openssl = async (...args: readonly string[]) => run('openssl', args, { cwd: dir });
  const from = utc(-2);
  await writeFile(at('index'), '');
  await writeFile(
    at('ca.cnf'),
    '[ca]\ndefault_ca=one\n[one]\ndatabase=index\nrand_serial=yes\nnew_certs_dir=.\ndefault_md=sha256\npolicy=any\nunique_subject=no\nemail_in_dn=no\n[any]\ncommonName=supplied\n' +
      '[authority]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n' +
      `[server]\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`,
  );
  const make = async (who: string, extensions: string, by: string | undefined, until: string) => {
    await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${who}.key`);
    await openssl(
      'req',
      '-new',
      '-key',
      `${who}.key`,
      '-subj',
      `/CN=${who} of a test`,
      '-out',
      `${who}.csr`,
    );
    const signer =
      by === undefined
        ? ['-selfsign', '-keyfile', `${who}.key`]
        : ['-cert', `${by}.pem`, '-keyfile', `${by}.key`];
    await openssl(
      'ca',
      '-batch',
      '-notext',
      '-config',
      'ca.cnf',
      '-in',
      `${who}.csr`,
      '-out',
      `${who}.pem`,
      '-extensions',
      extensions,
      '-startdate',
      from,
      '-enddate',
      until,
      ...signer,
    );
    return readFile(at(`${who}.pem`), 'utf8');
  };
  const root = await make('root', 'authority', undefined, utc(60));
  const issuer = await make('issuer', 'authority', 'root', utc(60));
  const leaf = await make('leaf', 'server', 'issuer', utc(days));
  await writeFile(at('chain.pem'), leaf + issuer + root);
  const key = await readFile(at('leaf.key'), 'utf8');
  return { root, issuer, leaf, key, chainPath: at('chain.pem'), keyPath: at('leaf.key') };
}

/** YYYYMMDDHHMMSSZ. */
function utc(daysFromNow: number): string {
  const at = new Date(Date.now() + daysFromNow * 86_400_000).toISOString();
  return `${at.replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
}
