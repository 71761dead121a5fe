// A cluster CA, certificates of it and of nobody, made by openssl in a directory that goes away.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export class Certificates implements Disposable {
  readonly #dir = mkdtempSync(join(tmpdir(), 'edge-certificates-'));

  authority(name: string): KeyPair {
    this.#openssl(
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${name}.key -out ${name}.crt -subj /CN=${name} -days 2`,
    );
    return this.#read(name);
  }

  /** Signed by the authority; the days may be negative: then it has expired. */
  signed(
    name: string,
    by: string,
    options: { readonly subject?: string; readonly days?: number } = {},
  ): KeyPair {
    const { subject = `/CN=${name}`, days = 2 } = options;
    this.#openssl(
      `req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${name}.key -out ${name}.csr -subj ${subject}`,
    );
    const validity =
      days > 0 ? `-days ${days}` : `-not_before 20200101000000Z -not_after 20200102000000Z`;
    try {
      this.#openssl(
        `x509 -req -in ${name}.csr -CA ${by}.crt -CAkey ${by}.key -CAcreateserial -out ${name}.crt ${validity}`,
      );
    } catch {
      this.#expired(name, by);
    }
    return this.#read(name);
  }

  [Symbol.dispose](): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** Older openssl sets the dates only with "ca". */
  #expired(name: string, by: string): void {
    writeFileSync(join(this.#dir, 'index.txt'), '');
    writeFileSync(
      join(this.#dir, 'ca.cnf'),
      '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\npolicy=p\nrand_serial=yes\n[p]\ncommonName=supplied\n',
    );
    this.#openssl(
      `ca -batch -config ca.cnf -md sha256 -cert ${by}.crt -keyfile ${by}.key -in ${name}.csr -out ${name}.crt -startdate 20200101000000Z -enddate 20200102000000Z -notext`,
    );
  }

  #openssl(command: string): void {
    execFileSync('openssl', command.split(' '), { cwd: this.#dir, stdio: 'pipe' });
  }

  #read(name: string): KeyPair {
    const read = (ending: string) => readFileSync(join(this.#dir, `${name}.${ending}`), 'utf8');
    return { key: read('key'), cert: read('crt') };
  }
}
