// A private Dovecot on loopback with its own directories, and just enough IMAP to ask it what it sees.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../test/kit/free-port.ts';

/** Why there can be none here; undefined when there can. */
export function whyNoDovecot(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root to start a private Dovecot';
  try {
    execFileSync('dovecot', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'Dovecot (imapd) is not installed';
  }
}

export interface Dovecot extends AsyncDisposable {
  /** A directory that belongs to the mail user. */
  readonly mailDir: string;
  readonly uid: number;
  login(address: string): Promise<ImapSession>;
  log(): Promise<string>;
}

export interface ImapSession extends Disposable {
  /** Sends a command and gives everything up to its tagged OK. Throws when it is not OK. */
  say(command: string, literal?: string): Promise<string>;
  /** UIDs and sizes of the selected mailbox. */
  list(): Promise<readonly { readonly uid: number; readonly sizeBytes: number }[]>;
}

// "nobody" everywhere: any account that is not root will do.
const mailUid = 65_534;

/** `more` is put at the end of its configuration. */
export async function startDovecot({ more = '' } = {}): Promise<Dovecot> {
  const root = await mkdtemp(join(tmpdir(), 'dovecot-'));
  await chmod(root, 0o755);
  const mailDir = join(root, 'store');
  await mkdir(mailDir, { mode: 0o700 });
  execFileSync('chown', [`${mailUid}:${mailUid}`, mailDir]);
  const port = await freePort();
  await writeFile(join(root, 'dovecot.conf'), configuration({ root, mailDir, port }) + more);
  const server = spawn('dovecot', ['-F', '-c', join(root, 'dovecot.conf')], { stdio: 'ignore' });
  const dovecot: Dovecot = {
    mailDir,
    uid: mailUid,
    login: async (address) => login(port, address),
    log: async () => readFile(join(root, 'dovecot.log'), 'utf8').catch(() => ''),
    async [Symbol.asyncDispose]() {
      await stop(server);
      await rm(root, { recursive: true, force: true });
    },
  };
  await untilListening(port);
  return dovecot;
}

function configuration({
  root,
  mailDir,
  port,
}: {
  readonly root: string;
  readonly mailDir: string;
  readonly port: number;
}): string {
  return `
protocols = imap
listen = 127.0.0.1
base_dir = ${root}/run
state_dir = ${root}/state
instance_name = test-${port}
log_path = ${root}/dovecot.log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${mailDir}/mail/%d/%n/Maildir
mail_fsync = always
first_valid_uid = 1
auth_mechanisms = plain
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${mailUid} gid=${mailUid} home=${root}/home/%n
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
`;
}

async function login(port: number, address: string): Promise<ImapSession> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('latin1');
  const reader = new Reader(socket);
  await reader.until(/^\* OK .*\r\n/m);
  let tag = 0;
  const session: ImapSession = {
    async say(command, literal) {
      tag += 1;
      socket.write(`a${tag} ${command}\r\n`);
      if (literal !== undefined) {
        await reader.until(/^\+ .*\r\n/m);
        socket.write(`${literal}\r\n`, 'latin1');
      }
      const answer = await reader.until(new RegExp(String.raw`^a${tag} .*\r\n`, 'm'));
      if (!new RegExp(`^a${tag} OK`, 'm').test(answer)) throw new Error(`${command}: ${answer}`);
      return answer;
    },
    async list() {
      const answer = await session.say('UID FETCH 1:* (RFC822.SIZE)');
      return [...answer.matchAll(/UID (\d+) RFC822\.SIZE (\d+)/g)].map(([, uid, size]) => ({
        uid: Number(uid),
        sizeBytes: Number(size),
      }));
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
  await session.say(`LOGIN ${address} secret`);
  return session;
}

class Reader {
  readonly #socket: Socket;
  #buffered = '';

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  async until(end: RegExp): Promise<string> {
    for (;;) {
      const found = end.exec(this.#buffered);
      if (found) {
        const answer = this.#buffered.slice(0, found.index + found[0].length);
        this.#buffered = this.#buffered.slice(answer.length);
        return answer;
      }
      const [chunk] = (await once(this.#socket, 'data', {
        signal: AbortSignal.timeout(10_000),
      })) as [string];
      this.#buffered += chunk;
    }
  }
}

async function untilListening(port: number): Promise<void> {
  for (const endMs = Date.now() + 10_000; ; await sleep(50)) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch (cause) {
      if (Date.now() > endMs) throw cause;
    } finally {
      socket.destroy();
    }
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGTERM');
  await gone;
}
