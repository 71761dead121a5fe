// Programs people fetch mail with, each set up in a directory of its own: once more, leaving or deleting what is on the server.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FetchingProgram {
  readonly name: string;
  readonly isHere: boolean;
  open(account: ProgramAccount): Promise<OpenProgram>;
}

export interface ProgramAccount {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface OpenProgram extends AsyncDisposable {
  /** Runs once. */
  fetch(how: 'leave' | 'delete'): Promise<void>;
  /** Every message it has, as it keeps them. */
  mail(): Promise<readonly string[]>;
}

// Some of them refuse to keep mail as root; then everything is nobody's.
const nobody = process.getuid?.() === 0 ? 65_534 : undefined;

async function giveAway(path: string): Promise<void> {
  if (nobody !== undefined) await chown(path, nobody, nobody);
}

interface Recipe {
  readonly name: string;
  readonly config: (account: ProgramAccount, how: 'leave' | 'delete', dir: string) => string;
  readonly command: (dir: string) => readonly [string, ...string[]];
  /** Exit codes that are fine: some programs say "no mail" with one. */
  readonly fine: readonly number[];
}

const recipes: readonly Recipe[] = [
  {
    name: 'fetchmail',
    config: ({ port, user, password }, how, dir) =>
      `set no bouncemail\npoll 127.0.0.1 service ${port} protocol POP3 uidl user "${user}" password "${password}" ` +
      `ssl no sslcertck ${how === 'leave' ? 'keep' : 'nokeep fetchall'} mda "tee ${dir}/mail/new/$$-%T >/dev/null"\n`.replace(
        '$$-%T',
        '`date +%s%N`',
      ),
    command: (dir) => ['fetchmail', '-f', `${dir}/rc`, '--nosyslog', '-N', '-i', `${dir}/ids`],
    fine: [0, 1],
  },
  {
    name: 'getmail',
    config: ({ port, user, password }, how, dir) =>
      `[retriever]\ntype = SimplePOP3SSLRetriever\nserver = 127.0.0.1\nport = ${port}\nusername = ${user}\npassword = ${password}\n` +
      `[destination]\ntype = Maildir\npath = ${dir}/mail/\n` +
      `[options]\nread_all = false\ndelete = ${String(how === 'delete')}\n`,
    command: (dir) => ['getmail', '--getmaildir', dir, '--rcfile', 'rc', '--quiet'],
    fine: [0],
  },
  {
    name: 'mpop',
    config: ({ port, user, password }, how, dir) =>
      `account default\nhost 127.0.0.1\nport ${port}\nuser ${user}\npassword ${password}\ntls on\ntls_starttls off\ntls_certcheck off\n` +
      `delivery maildir ${dir}/mail\nuidls_file ${dir}/ids\nkeep ${how === 'leave' ? 'on' : 'off'}\nreceived_header off\n`,
    command: (dir) => ['mpop', `--file=${dir}/rc`, '--quiet'],
    fine: [0],
  },
];

export const fetchingPrograms: readonly FetchingProgram[] = recipes.map((recipe) => ({
  name: recipe.name,
  isHere: spawnSync(recipe.name, ['--version'], { stdio: 'ignore' }).error === undefined,
  open: async (account) => openProgram(recipe, account),
}));

async function openProgram(recipe: Recipe, account: ProgramAccount): Promise<OpenProgram> {
  const dir = await mkdtemp(join(tmpdir(), `${recipe.name}-`));
  await giveAway(dir);
  for (const name of ['.', 'new', 'cur', 'tmp']) {
    await mkdir(join(dir, 'mail', name), { recursive: true });
    await giveAway(join(dir, 'mail', name));
  }
  return {
    async fetch(how) {
      await writeFile(join(dir, 'rc'), recipe.config(account, how, dir), { mode: 0o600 });
      await giveAway(join(dir, 'rc'));
      await run(recipe.command(dir), { dir, fine: recipe.fine });
    },
    async mail() {
      const names = (await readdir(join(dir, 'mail', 'new'))).toSorted();
      return Promise.all(
        names.map(async (name) => readFile(join(dir, 'mail', 'new', name), 'latin1')),
      );
    },
    [Symbol.asyncDispose]: async () => rm(dir, { recursive: true, force: true }),
  };
}

async function run(
  [program, ...parameters]: readonly [string, ...string[]],
  { dir, fine }: { readonly dir: string; readonly fine: readonly number[] },
): Promise<void> {
  const child = spawn(program, parameters, {
    env: { PATH: '/usr/bin:/bin', HOME: dir, FETCHMAILHOME: dir, LANG: 'C' },
    timeout: 30_000,
    ...(nobody === undefined ? {} : { uid: nobody, gid: nobody }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  if (exitCode === null || !fine.includes(exitCode)) {
    throw new Error(`${program} ended with ${exitCode}: ${Buffer.concat(said).toString()}`);
  }
}
