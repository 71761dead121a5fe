// The same messages twice: in a Maildir that a private Dovecot serves, and in one that our server serves.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dovecotMailUid, startDovecot } from '../../../test/kit/dovecot.ts';
import { corpus } from './differential-corpus.ts';
import { ana, startImapSite } from './imap-site.ts';

export interface TwoServers extends AsyncDisposable {
  /** Everything up to the tagged line. Literals stand as {n} in the command. */
  dovecot(command: string, ...literals: readonly string[]): Promise<string>;
  ours(command: string, ...literals: readonly string[]): Promise<string>;
}

const firstDayMs = Date.UTC(2024, 0, 1, 12);
const dayMs = 86_400_000;
export async function startTwoServers(): Promise<TwoServers> {
  const root = await mkdtemp(join(tmpdir(), 'differential-'));
  await chmod(root, 0o755);
  await writeCorpus(join(root, 'mail', 'example.test', 'ana', 'Maildir'));
  execFileSync('chown', ['-R', `${dovecotMailUid}:${dovecotMailUid}`, join(root, 'mail')]);
  const dovecot = await startDovecot({ dir: join(root, 'dovecot'), mailDir: join(root, 'mail') });
  const theirs = await DovecotClient.login(dovecot.imap, ana.address);
  const site = await startImapSite();
  await writeCorpus(join(site.dir, 'mail', 'example.test', 'ana', 'Maildir'));
  const ours = await site.enter();
  await theirs.say('SELECT INBOX');
  await ours.ok('SELECT INBOX');
  return {
    dovecot: (command, ...literals) => theirs.say(command, ...literals),
    // LITERAL+ (RFC 7888 §3): nothing to wait for.
    ours: (command, ...literals) => {
      let next = 0;
      const wire = command.replaceAll(/\{(\d+)\}\r\n/g, (_, size: string) => {
        return `{${size}+}\r\n${Buffer.from(literals[next++] ?? '').toString('latin1')}`;
      });
      return ours.say(wire);
    },
    async [Symbol.asyncDispose]() {
      theirs.end();
      await dovecot[Symbol.asyncDispose]();
      await ours[Symbol.asyncDispose]();
      await site[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function writeCorpus(maildir: string): Promise<void> {
  for (const name of ['cur', 'new', 'tmp']) await mkdir(join(maildir, name), { recursive: true });
  const uidList = ['3 V7 N1000 Gdeadbeefdeadbeefdeadbeefdeadbeef'];
  for (const [index, { text, letters = '', receivedAtMs }] of corpus.entries()) {
    const bytes = Buffer.from(text);
    const name = `1700000000.M${index}P1.test,S=${bytes.length},W=${bytes.length}`;
    const path = join(maildir, 'cur', `${name}:2,${letters}`);
    await writeFile(path, bytes);
    const seconds = (receivedAtMs ?? firstDayMs + index * dayMs) / 1000;
    await utimes(path, seconds, seconds);
    uidList.push(`${index + 1} :${name}`);
  }
  await writeFile(join(maildir, 'dovecot-uidlist'), `${uidList.join('\n')}\n`);
}

class DovecotClient {
  readonly #socket: Socket;
  #received = '';
  #count = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async login(endpoint: string, address: string): Promise<DovecotClient> {
    const [host = '', port] = endpoint.split(':');
    const socket = connect(Number(port), host);
    socket.setEncoding('latin1');
    const client = new DovecotClient(socket);
    await client.#until(/^\* OK .*\r\n/m);
    await client.say(`LOGIN ${address} secret`);
    return client;
  }

  async say(command: string, ...literals: readonly string[]): Promise<string> {
    this.#count += 1;
    const tag = `a${this.#count}`;
    const pieces = command.split(/(?<=\{\d+\}\r\n)/);
    for (const [index, piece] of pieces.entries()) {
      this.#socket.write(`${index === 0 ? `${tag} ` : ''}${piece}`, 'latin1');
      if (index < literals.length) {
        await this.#until(/^\+ .*\r\n/m);
        this.#socket.write(literals[index] ?? '', 'utf8');
      }
    }
    this.#socket.write('\r\n');
    return this.#until(new RegExp(String.raw`^${tag} (?:OK|NO|BAD) .*\r\n`, 'm'));
  }

  end(): void {
    this.#socket.destroy();
  }

  async #until(end: RegExp): Promise<string> {
    for (;;) {
      const found = end.exec(this.#received);
      if (found !== null) {
        const answer = this.#received.slice(0, found.index + found[0].length);
        this.#received = this.#received.slice(answer.length);
        return answer;
      }
      const [chunk] = (await once(this.#socket, 'data', {
        signal: AbortSignal.timeout(30_000),
      })) as [string];
      this.#received += chunk;
    }
  }
}
