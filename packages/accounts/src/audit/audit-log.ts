// The audit log of logins: one JSON line per end of a login, appended, 0600, the oldest file thrown away when a new one begins.
//
// Promises
// - A line is never half of one: each batch is one write to a file opened for appending, shared by the site's nodes.
// - Nobody waits for it, and a full disk keeps nobody out: what could not be written is counted and said in the next line.
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

export interface AuditLog extends AsyncDisposable {
  write(line: Readonly<Record<string, unknown>>): void;
}

export interface AuditLogOptions {
  readonly path: string;
  /** A file that has grown so far is the last but one. */
  readonly maxBytes: number;
  /** Older files that are kept, as path.1, path.2 ... */
  readonly filesKept: number;
  readonly onProblem?: (cause: unknown) => void;
}

const waitingMax = 10_000;

export function openAuditLog(options: AuditLogOptions): AuditLog {
  mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 });
  return new FileAuditLog(options);
}

class FileAuditLog implements AuditLog {
  readonly #options: AuditLogOptions;
  #waiting: string[] = [];
  #lost = 0;
  #writing: Promise<void> | undefined;
  #file: FileHandle | undefined;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  write(line: Readonly<Record<string, unknown>>): void {
    if (this.#waiting.length >= waitingMax) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(`${JSON.stringify(line)}\n`);
    this.#begin();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    await this.#file?.datasync().catch((cause: unknown) => this.#options.onProblem?.(cause));
    await this.#close();
  }

  #begin(): void {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      // Said between the last look and now.
      if (this.#waiting.length > 0) this.#begin();
    });
  }

  async #writeAll(): Promise<void> {
    // What comes in this turn of the event loop is one write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      try {
        const file = await this.#fileWithRoom();
        await file.appendFile(this.#lostLine() + lines.join(''));
        this.#lost = 0;
      } catch (cause) {
        this.#lost += lines.length;
        await this.#close();
        this.#options.onProblem?.(cause);
      }
    }
  }

  #lostLine(): string {
    return this.#lost === 0 ? '' : `${JSON.stringify({ lostLines: this.#lost })}\n`;
  }

  async #fileWithRoom(): Promise<FileHandle> {
    const { path, maxBytes } = this.#options;
    this.#file ??= await open(path, 'a', 0o600);
    const mine = await this.#file.stat();
    const there = await stat(path).catch(() => undefined);
    const isMine = there?.ino === mine.ino;
    if (isMine && mine.size < maxBytes) return this.#file;
    await this.#close();
    // Only who finds its own file full moves it; another node may have done so already.
    if (isMine) await this.#moveOn();
    this.#file = await open(path, 'a', 0o600);
    return this.#file;
  }

  async #moveOn(): Promise<void> {
    const { path, filesKept } = this.#options;
    const nameOf = (age: number) => (age === 0 ? path : `${path}.${age}`);
    for (let age = filesKept - 1; age >= 0; age -= 1) {
      await rename(nameOf(age), nameOf(age + 1)).catch(ignoreMissing);
    }
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    // Nobody waits for the writing, so nothing may come out of it; the file is given up either way.
    await file?.close().catch((cause: unknown) => this.#options.onProblem?.(cause));
  }
}

function ignoreMissing(cause: unknown): void {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
}
