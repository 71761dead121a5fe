// Debian's spamd, rspamd and clamd, each with a directory of its own, without a network and without downloads: spamd with the rules of
// deploy/spamassassin, clamd with one signature for the EICAR test file, rspamd with what is in its core.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { daemonDir, startDaemon, whyNot } from '../../packages/scanners/test/start-daemon.ts';

export { eicar, gtube } from '../../packages/scanners/test/scanners-for-tests.ts';
export { whyNot };

export interface ScannerDaemon extends AsyncDisposable {
  /** For [scanners]. */
  readonly address: string;
  readonly pid: number;
}

const isRoot = process.getuid?.() === 0;

export async function startSpamd(rules: 'limited' | 'strict'): Promise<ScannerDaemon> {
  const dir = await daemonDir();
  const port = await freePort();
  const own = join(import.meta.dirname, '../../deploy/spamassassin', rules);
  const site = join(dir, 'site');
  // The limited set is all there is; the strict one comes on top of the distribution's, whose plugins are named in /etc.
  if (rules === 'strict') await cp('/etc/spamassassin', site, { recursive: true });
  await cp(own, site, { recursive: true });
  const distribution = rules === 'limited' ? ['-C', site] : [];
  const listening = `-L -x --allow-tell -m 2 --min-children 1 -s stderr -H ${dir} -i 127.0.0.1 -p ${port}`;
  const daemon = await startDaemon(
    dir,
    [
      'spamd',
      ...(isRoot ? ['-u', 'nobody'] : []),
      ...listening.split(' '),
      ...distribution,
      '--siteconfigpath',
      site,
      '--cf',
      `bayes_path ${dir}/bayes`,
    ],
    { port },
  );
  return asScanner(daemon, port);
}

export async function startClamd(): Promise<ScannerDaemon> {
  const { eicar } = await import('../../packages/scanners/test/scanners-for-tests.ts');
  const dir = await daemonDir();
  const port = await freePort();
  await mkdir(join(dir, 'signatures'));
  await writeFile(
    join(dir, 'signatures', 'local.ndb'),
    `Restante.Test.Eicar:0:*:${Buffer.from(eicar).toString('hex')}\n`,
  );
  const lines = [
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    'Foreground yes',
    `DatabaseDirectory ${dir}/signatures`,
    `TemporaryDirectory ${dir}`,
  ];
  await writeFile(join(dir, 'clamd.conf'), `${lines.join('\n')}\n`);
  const daemon = await startDaemon(dir, ['clamd', `--config-file=${dir}/clamd.conf`], { port });
  return asScanner(daemon, port);
}

export async function startRspamd(): Promise<ScannerDaemon> {
  const dir = await daemonDir();
  const port = await freePort();
  await writeFile(join(dir, 'tld'), 'com\norg\nexample\ntest\n');
  await writeFile(join(dir, 'rspamd.conf'), rspamdConfiguration(dir, port));
  const asWhom = isRoot ? ['-u', 'nobody', '-g', 'nogroup'] : [];
  const daemon = await startDaemon(
    dir,
    ['rspamd', '-f', ...asWhom, '-c', join(dir, 'rspamd.conf')],
    { port },
  );
  return asScanner(daemon, port);
}

function asScanner(daemon: Awaited<ReturnType<typeof startDaemon>>, port: number): ScannerDaemon {
  return {
    address: `127.0.0.1:${port}`,
    pid: daemon.child.pid ?? 0,
    [Symbol.asyncDispose]: async () => daemon[Symbol.asyncDispose](),
  };
}

function rspamdConfiguration(dir: string, port: number): string {
  return `
options {
  filters = "";
  pidfile = "${dir}/pid";
  cache_file = "${dir}/symbols.cache";
  history_file = "${dir}/history";
  dynamic_conf = "${dir}/dynamic";
  hs_cache_dir = "${dir}/";
  control_socket = "${dir}/control.sock mode=0600";
  url_tld = "${dir}/tld";
  rrd = "";
  tempdir = "${dir}";
  dns { timeout = 0.1s; retransmits = 1; nameserver = "127.0.0.1:1"; }
}
logging { type = "file"; filename = "${dir}/log"; level = "error"; }
actions { reject = 15; add_header = 6; greylist = 4; }
worker "normal" {
  bind_socket = "127.0.0.1:${port}";
  count = 1;
}
metric { name = "default"; }
`;
}
