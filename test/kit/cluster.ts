// Two sites as `npm start` makes them, under a directory of the test, with the handles a drill needs: kill a site, start
// it again, stop its Redis, look into its Maildirs. Uses only the black-box contract (design §4.7).
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMaildirs, type FoundMail } from './maildir.ts';
import { until } from './until.ts';

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));

export interface SiteEndpoints {
  readonly pid: number;
  readonly smtp: string;
  readonly smtpAlt?: string;
  readonly submission?: string;
  readonly submissions?: string;
  readonly imap?: string;
  readonly imaps?: string;
  readonly pop3?: string;
  readonly pop3s?: string;
  readonly web?: string;
  readonly webTls?: string;
  readonly http: string;
  readonly redis: string;
  readonly redisPid?: number;
  readonly dir: string;
  readonly home: readonly string[];
  readonly backup: readonly string[];
  readonly config: string;
  readonly start: readonly string[];
}

export interface Endpoints {
  readonly sites: Readonly<Record<string, SiteEndpoints>>;
  readonly dns: string;
  readonly accounts: readonly {
    readonly address: string;
    readonly password: string;
    readonly site: string;
  }[];
  readonly ca: string;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Cluster implements AsyncDisposable {
  readonly dir: string;
  readonly endpoints: Endpoints;
  readonly #process: ChildProcess;
  readonly #restarted: ChildProcess[] = [];
  readonly #pids = new Map<string, number>();
  readonly #redisPids = new Map<string, number>();

  constructor(dir: string, endpoints: Endpoints, child: ChildProcess) {
    this.dir = dir;
    this.endpoints = endpoints;
    this.#process = child;
    for (const [name, site] of Object.entries(endpoints.sites)) this.#pids.set(name, site.pid);
  }

  site(name: string): SiteEndpoints {
    const found = this.endpoints.sites[name];
    if (found === undefined) throw new Error(`The cluster has no site ${name}.`);
    return found;
  }

  /** First account whose home is the site. */
  accountAt(name: string): string {
    const account = this.endpoints.accounts.find(({ site }) => site === name);
    if (account === undefined) throw new Error(`No account lives at ${name}.`);
    return account.address;
  }

  /** kill -9, and waits until the process is gone. */
  async kill(name: string): Promise<void> {
    const pid = this.#pids.get(name);
    if (pid === undefined) return;
    signalTo(pid, 'SIGKILL');
    await until(() => !isAlive(pid), { what: `site ${name} is dead`, everyMs: 5 });
    this.#pids.delete(name);
  }

  /** Runs the argv of endpoints.json, through another command if asked; resolves when the site accepts mail. */
  async start(
    name: string,
    {
      deadlineMs = 20_000,
      through = [],
    }: { readonly deadlineMs?: number; readonly through?: readonly string[] } = {},
  ): Promise<void> {
    const [command = '', ...args] = [...through, ...this.site(name).start];
    const child = spawn(command, args, { stdio: 'ignore', cwd: '/' });
    this.#restarted.push(child);
    if (child.pid !== undefined) this.#pids.set(name, child.pid);
    await until(async () => this.isReady(name), {
      what: `site ${name} is ready`,
      deadlineMs,
      everyMs: 25,
    });
  }

  /** Stops all sites, changes the cluster file, starts them again. */
  async reconfigure(change: (text: string) => string): Promise<void> {
    const names = Object.keys(this.endpoints.sites);
    for (const name of names) await this.kill(name);
    const path = this.site(names[0] ?? '').config;
    const before = await readFile(path, 'utf8');
    const after = change(before);
    if (after === before) throw new Error('The change of the cluster file changed nothing.');
    await writeFile(path, after);
    await Promise.all(names.map(async (name) => this.start(name)));
  }

  /** Runs the argv and waits for its end: for starts that must fail. */
  async runStart(name: string): Promise<CliResult> {
    const [command = '', ...args] = this.site(name).start;
    return runToEnd(command, args);
  }

  async killRedis(name: string): Promise<void> {
    const pid = this.#redisPids.get(name) ?? this.site(name).redisPid;
    if (pid === undefined) throw new Error(`The Redis of ${name} has no known pid.`);
    signalTo(pid, 'SIGKILL');
    await until(() => !isAlive(pid), { what: `the Redis of ${name} is dead`, everyMs: 5 });
  }

  /** A Redis on the same port; wiped: with nothing of what it knew. */
  async startRedis(name: string, { wiped = false } = {}): Promise<void> {
    const { dir, redis } = this.site(name);
    const state = join(dir, wiped ? `redis-wiped-${this.#restarted.length}` : 'redis');
    await mkdir(state, { recursive: true });
    const port = redis.slice(redis.lastIndexOf(':') + 1);
    const args = [
      '--port',
      port,
      '--bind',
      '127.0.0.1',
      '--dir',
      state,
      '--save',
      '',
      '--appendonly',
      'yes',
      '--maxmemory-policy',
      'noeviction',
    ];
    const child = spawn('redis-server', args, { stdio: 'ignore' });
    this.#restarted.push(child);
    if (child.pid !== undefined) this.#redisPids.set(name, child.pid);
  }

  async isReady(name: string): Promise<boolean> {
    const answer = await fetch(`http://${this.site(name).http}/readyz`).catch(() => undefined);
    return answer?.ok === true;
  }

  pid(name: string): number | undefined {
    return this.#pids.get(name);
  }

  /** GET of the operators' API. */
  async ask<T>(name: string, path: string, init: RequestInit = {}): Promise<T> {
    const site = this.site(name);
    const token = (await readFile(join(site.dir, 'operator.token'), 'utf8')).trim();
    const answer = await fetch(`http://${site.http}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async metric(name: string, series: string): Promise<number> {
    const text = await (await fetch(`http://${this.site(name).http}/metrics`)).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
  }

  async maildirs(name: string): Promise<readonly FoundMail[]> {
    return readMaildirs(join(this.site(name).dir, 'mail'));
  }

  /** How many messages wait at a site. */
  async waiting(name: string): Promise<number> {
    return (await this.ask<{ spool: { messages: number } }>(name, '/v1/status')).spool.messages;
  }

  async peerState(name: string, peer: string): Promise<string | undefined> {
    const { peers } = await this.ask<{ peers: { site: string; state: string }[] }>(
      name,
      '/v1/status',
    );
    return peers.find(({ site }) => site === peer)?.state;
  }

  async cli(...args: readonly string[]): Promise<CliResult> {
    return runToEnd(process.execPath, ['--conditions=source', main, ...args, '--dir', this.dir]);
  }

  /** The same, with something on its standard input. */
  async cliWithInput(input: string, ...args: readonly string[]): Promise<CliResult> {
    return runToEnd(
      process.execPath,
      ['--conditions=source', main, ...args, '--dir', this.dir],
      input,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGTERM');
      await once(this.#process, 'exit');
    }
    for (const child of this.#restarted)
      if (child.exitCode === null && child.pid !== undefined) signalTo(child.pid, 'SIGKILL');
    if (process.env['RESTANTE_KEEP'] === undefined)
      await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

export async function startCluster({
  args = [],
  under = tmpdir(),
}: { readonly args?: readonly string[]; readonly under?: string } = {}): Promise<Cluster> {
  const dir = await mkdtemp(join(under, 'restante-'));
  const argv = [
    '--conditions=source',
    main,
    'quickstart',
    '--dir',
    dir,
    '--base-port',
    '0',
    '--quiet',
    ...args,
  ];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until(
    () => {
      if (child.exitCode !== null)
        throw new Error(`The quickstart ended with ${child.exitCode}: ${output}`);
      return /^ready$/m.test(output);
    },
    { what: `the quickstart is ready (${dir})`, deadlineMs: 90_000 },
  ).catch((cause: unknown) => {
    child.kill('SIGTERM');
    throw new Error(`The quickstart did not become ready: ${output}`, { cause });
  });
  const endpoints = JSON.parse(await readFile(join(dir, 'endpoints.json'), 'utf8')) as Endpoints;
  return new Cluster(dir, endpoints, child);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie still has a pid; its parent has not looked yet. For a drill it is dead.
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readStat(pid));
  } catch {
    return true;
  }
}

function readStat(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/\(.*\)/, '');
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already, which is what was wanted.
  }
}

async function runToEnd(command: string, args: readonly string[], input = ''): Promise<CliResult> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  if (stream !== null) for await (const chunk of stream) text += String(chunk);
  return text;
}
