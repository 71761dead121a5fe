// A private Postfix on loopback: the stranger in scenarios, the peer in benches, the control in power cuts. Its own queue,
// its own configuration; the machine's Postfix service is never touched.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Dialogue } from './dialogue.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const run = promisify(execFile);

export interface PostfixOptions {
  readonly dir: string;
  /** Where it sends everything: tried in this order, as a stranger does with MX 10 and MX 20. */
  readonly nextHops: readonly string[];
  /** The directory is that of an earlier start: keep its queue. */
  readonly isRestart?: boolean;
  /** Extra lines for main.cf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** postscreen stands at the door. */
  readonly isScreened?: boolean;
  /** Extra lines for master.cf. */
  readonly services?: readonly string[];
  /** A command to start it through. */
  readonly through?: readonly string[];
}

export interface Postfix extends AsyncDisposable {
  /** host:port it listens on. */
  readonly endpoint: string;
  /** Tries everything in its queue now. */
  flush(): Promise<void>;
  /** Messages it still has. */
  queued(): Promise<number>;
  /** Of those, the ones it has not put off yet: while there are any, it is at work. */
  underWay(): Promise<number>;
  log(): Promise<string>;
}

/** Why there can be no Postfix here, or undefined when there can. */
export function postfixMissing(): string | undefined {
  if (!existsSync('/usr/sbin/postfix')) return 'postfix is not installed';
  return process.getuid?.() === 0 ? undefined : 'a private Postfix needs root';
}

export async function startPostfix({
  dir,
  nextHops,
  settings = {},
  isRestart = false,
  isScreened = false,
  services = [],
  through = [],
}: PostfixOptions): Promise<Postfix> {
  const port = await freePort();
  const endpoint = `127.0.0.1:${port}`;
  const etc = join(dir, 'etc');
  const logPath = join(dir, 'mail.log');
  await mkdir(etc, { recursive: true });
  await mkdir(join(dir, 'queue'), { recursive: isRestart });
  await mkdir(join(dir, 'data'), { recursive: isRestart });
  await chmod(dir, 0o755);
  const { uid, gid } = await idsOf('postfix');
  await chown(join(dir, 'data'), uid, gid);
  await writeFile(join(etc, 'main.cf'), mainCf({ dir, logPath, nextHops, settings }));
  await writeFile(join(etc, 'master.cf'), masterCf(port, { isScreened, services }));
  const [command, ...args] = [...through, 'postfix', '-c', etc, 'start'];
  await run(command, args).catch((cause: unknown) => {
    throw new Error('The private Postfix did not start.', { cause });
  });
  await until(async () => answers(port), { what: 'the private Postfix greets' });

  return {
    endpoint,
    flush: async () => void (await run('postqueue', ['-c', etc, '-f'])),
    queued: async () => countFiles(join(dir, 'queue'), queueStates),
    underWay: async () => countFiles(join(dir, 'queue'), ['maildrop', 'incoming', 'active']),
    log: async () => readFile(logPath, 'utf8').catch(() => ''),
    async [Symbol.asyncDispose]() {
      await run('postfix', ['-c', etc, 'abort']).catch(() => undefined); // Stopped already is what we want.
    },
  };
}

interface MainCf {
  readonly dir: string;
  readonly logPath: string;
  readonly nextHops: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

function mainCf({ dir, logPath, nextHops, settings }: MainCf): string {
  const hops = nextHops.map(
    (hop) => `[${hop.slice(0, hop.lastIndexOf(':'))}]${hop.slice(hop.lastIndexOf(':'))}`,
  );
  const lines = {
    compatibility_level: '3.6',
    queue_directory: join(dir, 'queue'),
    data_directory: join(dir, 'data'),
    maillog_file: logPath,
    maillog_file_prefixes: dir,
    syslog_name: 'stranger',
    myhostname: 'mx.stranger.test',
    mydestination: '',
    alias_maps: '',
    alias_database: '',
    local_recipient_maps: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    relayhost: hops.join(', '),
    smtp_host_lookup: 'native',
    disable_dns_lookups: 'yes',
    smtpd_peername_lookup: 'no',
    smtpd_client_connection_count_limit: '0',
    smtpd_client_connection_rate_limit: '0',
    in_flow_delay: '0',
    // A test flushes by itself; the queue manager shall not be patient in between.
    queue_run_delay: '300s',
    minimal_backoff_time: '300s',
    smtp_tls_security_level: 'may',
    ...settings,
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('');
}

/** The services Postfix needs to receive, queue and send; nothing runs in a chroot. */
function masterCf(
  port: number,
  { isScreened, services }: Required<Pick<PostfixOptions, 'isScreened' | 'services'>>,
): string {
  const rows = [
    ...(isScreened
      ? [
          [`127.0.0.1:${port}`, 'inet', 'n', '1', 'postscreen'],
          ['smtpd', 'pass', '-', '-', 'smtpd'],
          ['dnsblog', 'unix', '-', '0', 'dnsblog'],
          ['tlsproxy', 'unix', '-', '0', 'tlsproxy'],
        ]
      : [[`127.0.0.1:${port}`, 'inet', 'n', '-', 'smtpd']]),
    ['pickup', 'unix', 'n', '1', 'pickup'],
    ['cleanup', 'unix', 'n', '0', 'cleanup'],
    ['qmgr', 'unix', 'n', '1', 'qmgr'],
    ['tlsmgr', 'unix', '-', '1', 'tlsmgr'],
    ['rewrite', 'unix', '-', '-', 'trivial-rewrite'],
    ['bounce', 'unix', '-', '0', 'bounce'],
    ['defer', 'unix', '-', '0', 'bounce'],
    ['trace', 'unix', '-', '0', 'bounce'],
    ['verify', 'unix', '-', '1', 'verify'],
    ['flush', 'unix', 'n', '0', 'flush'],
    ['proxymap', 'unix', '-', '-', 'proxymap'],
    ['smtp', 'unix', '-', '-', 'smtp'],
    ['relay', 'unix', '-', '-', 'smtp'],
    ['lmtp', 'unix', '-', '-', 'lmtp'],
    ['showq', 'unix', 'n', '-', 'showq'],
    ['error', 'unix', '-', '-', 'error'],
    ['retry', 'unix', '-', '-', 'error'],
    ['discard', 'unix', '-', '-', 'discard'],
    ['anvil', 'unix', '-', '1', 'anvil'],
    ['scache', 'unix', '-', '1', 'scache'],
    ['postlog', 'unix-dgram', 'n', '1', 'postlogd'],
  ];
  const lines = rows.map(
    ([name, type, isPrivate, processes, command]) =>
      `${name} ${type} ${isPrivate} - n - ${processes} ${command}`,
  );
  return [...lines, ...services].map((line) => `${line}\n`).join('');
}

const queueStates = ['maildrop', 'incoming', 'active', 'deferred', 'hold'] as const;

async function countFiles(queue: string, states: readonly string[]): Promise<number> {
  let count = 0;
  for (const state of states) {
    const names = await readdir(join(queue, state), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    count += names.filter((entry) => entry.isFile()).length;
  }
  return count;
}

async function idsOf(user: string): Promise<{ uid: number; gid: number }> {
  const { stdout } = await run('id', ['-u', user]);
  const group = await run('id', ['-g', user]);
  return { uid: Number(stdout), gid: Number(group.stdout) };
}

async function answers(port: number): Promise<boolean> {
  await using dialogue = await Dialogue.open(`127.0.0.1:${port}`);
  return !dialogue.isClosed;
}
