// Watches the recipients file of a home that is not Restante and answers from its last good content.
//
// Looked at in a steady rhythm instead of by notifications: those are lost on network and container file systems. A changed
// file is used when it has not changed for one more beat, so that a half-written one is not.
import { readFile, stat } from 'node:fs/promises';
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import { RecipientsError } from './errors.ts';
import { createListOf } from './list-of-snapshot.ts';
import {
  type FiledDomain,
  type FileProblem,
  parseRecipientsFile,
} from './parse-recipients-file.ts';
import type { RecipientList } from './recipient-list.ts';

export interface RecipientsFile extends Disposable {
  /** Always the same object; it answers from the last good content, and has no list before there was one. */
  readonly list: RecipientList;
  /** What is wrong with the file as it is now; empty when it is in use. */
  readonly problems: readonly FileProblem[];
  /** When the content in use was read. */
  readonly readAtMs: number | undefined;
  /** Looks now. Resolves when the content is in use or its problems are known; never rejects. */
  check(): Promise<void>;
}

export interface RecipientsFileOptions {
  readonly path: string;
  /** Name of the home, for events. */
  readonly home: string;
  /** The domains of that home; other addresses in the file are problems. */
  readonly domains: readonly FiledDomain[];
  readonly clock: Clock;
  readonly onEvent: EventSink;
  readonly pollIntervalMs?: number;
}

const fileMaxBytes = 256 * 1024 * 1024;
const problemsShown = 5;

/** Reads the file once before it resolves, then watches it until it is disposed. */
export async function readRecipientsFile(options: RecipientsFileOptions): Promise<RecipientsFile> {
  const file = new WatchedFile(options);
  await file.check();
  file.watch();
  return file;
}

class WatchedFile implements RecipientsFile {
  readonly list: RecipientList;
  readonly #options: RecipientsFileOptions;
  #current = createListOf(undefined);
  #problems: readonly FileProblem[] = [];
  #readAtMs: number | undefined;
  #version = 0;
  /** State of the file that was dealt with last, and as it was seen last. */
  #dealtWith = '';
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;

  constructor(options: RecipientsFileOptions) {
    this.#options = options;
    const current = () => this.#current;
    this.list = {
      lookup: (address: string) => current().lookup(address),
      get snapshot() {
        return current().snapshot;
      },
    };
  }

  get problems(): readonly FileProblem[] {
    return this.#problems;
  }

  get readAtMs(): number | undefined {
    return this.#readAtMs;
  }

  watch(): void {
    let lastSeen = this.#dealtWith;
    this.#timer = setInterval(() => {
      void this.#stateNow().then((state) => {
        if (state === lastSeen && state !== this.#dealtWith) void this.check();
        lastSeen = state;
      });
    }, this.#options.pollIntervalMs ?? 2000).unref();
  }

  check(): Promise<void> {
    this.#checking ??= this.#read().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #read(): Promise<void> {
    const { path, clock, home, onEvent } = this.#options;
    this.#dealtWith = await this.#stateNow();
    const parsed = await this.#parsed();
    this.#problems = parsed.problems;
    if (parsed.problems.length > 0) {
      const shown = parsed.problems
        .slice(0, problemsShown)
        .map(({ line, problem }) => `line ${line}: ${problem}`);
      const about = `${path}: ${shown.join(' ')}${parsed.problems.length > problemsShown ? ` And ${parsed.problems.length - problemsShown} more.` : ''}`;
      onEvent({
        name: 'mirror.failed',
        peer: home,
        cause: new RecipientsError('RECIPIENTS_FILE_UNUSABLE', { about }),
      });
      return;
    }
    this.#version += 1;
    this.#readAtMs = clock.now();
    const recipients = parsed.domains.reduce((sum, domain) => sum + domain.entries.length, 0);
    this.#current = createListOf({
      version: this.#version,
      epoch: path,
      site: home,
      madeAtMs: this.#readAtMs,
      domains: parsed.domains,
    });
    onEvent({ name: 'mirror.updated', peer: home, version: this.#version, recipients });
  }

  async #parsed(): Promise<ReturnType<typeof parseRecipientsFile>> {
    const { path, domains } = this.#options;
    try {
      if ((await stat(path)).size > fileMaxBytes) return broken('The file is larger than 256 MiB.');
      return parseRecipientsFile(await readFile(path, 'utf8'), domains);
    } catch (cause) {
      return broken(
        `The file cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      );
    }
  }

  /** Something that differs whenever the file was touched. */
  async #stateNow(): Promise<string> {
    try {
      const { ino, size, mtimeMs } = await stat(this.#options.path);
      return `${ino} ${size} ${mtimeMs}`;
    } catch {
      // Missing or unreadable is a state too; reading it says what is wrong.
      return 'unreadable';
    }
  }
}

function broken(problem: string): ReturnType<typeof parseRecipientsFile> {
  return { domains: [], problems: [{ line: 0, problem }] };
}
