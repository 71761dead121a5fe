// A throw-away cluster CA with one certificate for a server and one for a client, made with openssl.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface TestPki {
  readonly ca: string;
  readonly us: Pair;
  readonly shanghai: Pair;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export async function makePki(): Promise<TestPki> {
  const dir = await mkdtemp(join(tmpdir(), 'restante-health-'));
  const openssl = (...given: string[]) => run('openssl', given, { cwd: dir });
  const read = (name: string) => readFile(join(dir, name), 'utf8');
  try {
    await openssl(
      'req',
      '-x509',
      ...newKey,
      '-days',
      '2',
      '-subj',
      '/CN=Test CA',
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
    );
    const leaf = async (name: string): Promise<Pair> => {
      await writeFile(join(dir, `${name}.ext`), `subjectAltName=DNS:${name}.example.test\n`);
      await openssl(
        'req',
        ...newKey,
        '-subj',
        `/CN=${name}`,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
      );
      const signing = [
        '-CA',
        'ca.crt',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-days',
        '2',
        '-extfile',
        `${name}.ext`,
      ];
      await openssl('x509', '-req', '-in', `${name}.csr`, ...signing, '-out', `${name}.crt`);
      return { cert: await read(`${name}.crt`), key: await read(`${name}.key`) };
    };
    return { ca: await read('ca.crt'), us: await leaf('us'), shanghai: await leaf('shanghai') };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
