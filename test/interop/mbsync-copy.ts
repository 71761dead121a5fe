// A copy of a mailbox that mbsync keeps on a laptop: changed as a mail program changes a Maildir, synchronised, killed in between.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProgram, type RunningProgram } from '../kit/programs.ts';

export interface CopyOptions {
  readonly dir: string;
  readonly port: number;
  readonly address: string;
  readonly password: string;
  /** The file with the one certificate that is believed. */
  readonly certificate: string;
}

export class MbsyncCopy {
  readonly #home: string;
  readonly #mail: string;
  #written = 0;

  private constructor(home: string) {
    this.#home = home;
    this.#mail = join(home, 'mail');
  }

  static async make({
    dir,
    port,
    address,
    password,
    certificate,
  }: CopyOptions): Promise<MbsyncCopy> {
    await mkdir(join(dir, 'mail'), { recursive: true });
    await writeFile(
      join(dir, 'rc'),
      `IMAPStore far
Host 127.0.0.1
Port ${port}
User ${address}
Pass "${password}"
SSLType IMAPS
CertificateFile ${certificate}
Timeout 10

MaildirStore near
Path ${dir}/mail/
Inbox ${dir}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Near
Expunge Both
Remove None
SyncState *
CopyArrivalDate yes
`,
    );
    return new MbsyncCopy(dir);
  }

  start(): RunningProgram {
    return startProgram(['mbsync', '--config', 'rc', '--all'], { home: this.#home });
  }

  async sync(): Promise<void> {
    const { code, said } = await this.start().ended;
    if (code !== 0) throw new Error(`mbsync ended with ${code ?? 'a signal'}: ${said}`);
  }

  /** The letters of a folder: subject to flags, and how often each subject is there. */
  async letters(folder: string): Promise<readonly (readonly [subject: string, flags: string])[]> {
    const found: (readonly [string, string])[] = [];
    for (const path of await this.#files(folder)) {
      const text = await readFile(path, 'utf8');
      const flags = path.split(':2,')[1] ?? '';
      found.push([/^Subject: (.*?)\r?$/m.exec(text)?.[1] ?? '', flags]);
    }
    return found.toSorted(([left], [right]) => (left < right ? -1 : 1));
  }

  async write(folder: string, subject: string): Promise<void> {
    this.#written += 1;
    const name = `1795374465.${this.#written}_1.near:2,S`;
    const staged = join(this.#mail, folder, 'tmp', name);
    await writeFile(staged, `Subject: ${subject}\nFrom: <near@laptop.test>\n\n${subject}\n`);
    await rename(staged, join(this.#mail, folder, 'cur', name));
  }

  /** Adds flags to the letter with this subject; false when it is not here (yet). */
  async flag(folder: string, subject: string, flags: string): Promise<boolean> {
    for (const path of await this.#files(folder)) {
      if (!(await readFile(path, 'utf8')).includes(`Subject: ${subject}\n`)) continue;
      const [name = '', old = ''] = (path.split('/').at(-1) ?? '').split(':2,');
      const all = [...new Set(Array.from(old + flags))].toSorted().join('');
      await rename(path, join(this.#mail, folder, 'cur', `${name}:2,${all}`));
      return true;
    }
    return false;
  }

  async remove(): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
  }

  async #files(folder: string): Promise<readonly string[]> {
    const paths: string[] = [];
    for (const part of ['new', 'cur']) {
      const dir = join(this.#mail, folder, part);
      const names = await readdir(dir).catch(() => []); // Not synchronised yet.
      paths.push(...names.map((name) => join(dir, name)));
    }
    return paths;
  }
}
