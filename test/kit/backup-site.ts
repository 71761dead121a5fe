// One site alone: a backup MX in front of somebody else's mail server. What benches and half-alive homes are tried with.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { startRedis, type RedisServer } from './redis.ts';
import { until } from './until.ts';

const run = promisify(execFile);
const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));

export interface BackupSiteOptions {
  /** An empty directory; everything lives there. */
  readonly dir: string;
  /** host:port of the plain home. */
  readonly home: string;
  /** Local parts that exist at home.test. */
  readonly people?: readonly string[];
  /** Further tables for the cluster file, TOML. */
  readonly settings?: string;
  /** host:port of the name server it asks. Without one strangers are not judged. */
  readonly dns?: string;
  /** Further lines of its [delivery] table. */
  readonly deliverySettings?: string;
  /** A program to put before node, for example strace with its arguments. */
  readonly under?: readonly string[];
  /** Where the site keeps its mail, when that is another disk. Redis and the cluster file stay in dir. */
  readonly stateDir?: string;
  /** Further environment of the node. */
  readonly env?: Readonly<Record<string, string>>;
}

export class BackupSite implements AsyncDisposable {
  readonly dir: string;
  readonly stateDir: string;
  readonly smtp: string;
  readonly http: string;
  readonly redis: RedisServer;
  readonly #argv: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;
  #output = '';

  constructor(
    made: Omit<BackupSiteOptions, 'home'> & {
      stateDir: string;
      smtp: string;
      http: string;
      redis: RedisServer;
      argv: readonly string[];
    },
  ) {
    this.dir = made.dir;
    this.stateDir = made.stateDir;
    this.#env = made.env ?? {};
    this.smtp = made.smtp;
    this.http = made.http;
    this.redis = made.redis;
    this.#argv = made.argv;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** What the node wrote to its log so far. */
  get output(): string {
    return this.#output;
  }

  async start({ under = [] as readonly string[], deadlineMs = 30_000 } = {}): Promise<void> {
    const [command = '', ...args] = [...under, ...this.#argv];
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // As the unit and the image start it.
      env: {
        ...process.env,
        MALLOC_ARENA_MAX: '2',
        MALLOC_TRIM_THRESHOLD_: '1048576',
        ...this.#env,
      },
    });
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-200_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#process = child;
    await until(
      async () => {
        if (child.exitCode !== null)
          throw new Error(`The site ended with ${child.exitCode}: ${this.#output}`);
        return (await fetch(`http://${this.http}/readyz`)).ok;
      },
      { what: 'the backup site is ready', deadlineMs, everyMs: 10 },
    );
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  async status(): Promise<BackupStatus> {
    const token = (await readFile(join(this.stateDir, 'operator.token'), 'utf8')).trim();
    const answer = await fetch(`http://${this.http}/v1/status`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (await answer.json()) as BackupStatus;
  }

  async metric(series: string): Promise<number> {
    const text = await (await fetch(`http://${this.http}/metrics`)).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
  }

  async waiting(): Promise<number> {
    return (await this.status()).spool.messages;
  }

  async homeState(): Promise<string | undefined> {
    return (await this.status()).peers[0]?.state;
  }

  async cli(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [
      '--conditions=source',
      main,
      ...args,
      '--config',
      join(this.dir, 'restante.toml'),
    ]);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill('SIGTERM');
    await this.redis[Symbol.asyncDispose]();
    if (process.env['RESTANTE_KEEP'] === undefined)
      await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface BackupStatus {
  readonly spool: { readonly messages: number; readonly isLoaded: boolean; readonly held: number };
  readonly peers: readonly { readonly site: string; readonly state: string }[];
  readonly routes: readonly {
    readonly route: string;
    readonly waiting: number;
    readonly delayed: number;
    readonly active: number;
    readonly ratePerSecond: number;
  }[];
  readonly degraded: readonly string[];
}

/** Writes the cluster file, makes the certificates, starts a Redis and the site. */
export async function startBackupSite(options: BackupSiteOptions): Promise<BackupSite> {
  const {
    dir,
    home,
    people = ['ana', 'bo'],
    settings = '',
    deliverySettings = '',
    stateDir = join(dir, 'site'),
    env = {},
    dns,
  } = options;
  await mkdir(join(dir, 'redis'), { recursive: true });
  const redis = await startRedis({ dir: join(dir, 'redis') });
  const [smtp, http, api] = [await freePort(), await freePort(), await freePort()];
  await writeFile(
    join(dir, 'recipients'),
    people.map((person) => `${person}@home.test\n`).join(''),
  );
  const config = join(dir, 'restante.toml');
  await writeFile(
    config,
    clusterFile({
      smtp,
      http,
      api,
      redisPort: redis.port,
      home,
      settings,
      deliverySettings,
      stateDir,
      dns,
    }),
  );
  const cli = [process.execPath, '--conditions=source', main];
  await run(cli[0] ?? '', [...cli.slice(1), 'cluster', 'init', '--config', config]);
  const argv = [...cli, 'site', 'run', '--site', 'backup', '--config', config];
  const site = new BackupSite({
    dir,
    stateDir,
    env,
    smtp: `127.0.0.1:${smtp}`,
    http: `127.0.0.1:${http}`,
    redis,
    argv,
  });
  await site.start({ under: options.under ?? [] });
  return site;
}

interface ClusterFileParts {
  readonly smtp: number;
  readonly http: number;
  readonly api: number;
  readonly redisPort: number;
  readonly home: string;
  readonly settings: string;
  readonly deliverySettings: string;
  readonly stateDir: string;
  readonly dns: string | undefined;
}

/** For comparisons with a Postfix that judges nobody either, and where nobody says which DNS to ask: the system's is none of a test's business. */
export const judgesNobody = '[judging]\nenabled = false\n';

function clusterFile({
  smtp,
  http,
  api,
  redisPort,
  home,
  settings,
  stateDir,
  deliverySettings,
  dns,
}: ClusterFileParts): string {
  const isJudging = dns !== undefined || settings.includes('[judging]');
  return `[cluster]
name = "test"
${dns === undefined ? '' : `dns_servers = ["${dns}"]`}

[[site]]
name = "backup"
hostname = "mx2.home.test"
dir = "${stateDir}"
[site.listen]
smtp = "127.0.0.1:${smtp}"
http = "127.0.0.1:${http}"
peer_api = "127.0.0.1:${api}"
[site.redis]
url = "redis://127.0.0.1:${redisPort}"

[[domain]]
name = "home.test"
home_host = "${home}"
recipients_file = "recipients"
backups = ["backup"]

[policy]
trusted_networks = ["127.0.0.0/8"]

[delivery]
allow_private_addresses = true
${deliverySettings}
${settings}
${isJudging ? '' : judgesNobody}`;
}
