// Cuts what a client sends into command lines and octets (bodies, chunks), strictly in order.
//
// It is smtp-server's SMTPStream with its parsing replaced: lines and bodies are ours (line-guard.ts, command-line.ts),
// the plumbing (pipe, back-pressure, being retired by STARTTLS and by close) is the library's.
//
// Promises
// - The next octet is looked at only after the owner is done with the last command: nothing overtakes.
// - After isClosed nothing more is executed; what still comes is thrown away.
// - A chunk full of commands does not keep other sessions waiting: every so often it lets the event loop turn.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { type CommandLine, CommandLineReader } from './command-line.ts';
import type { OctetReader } from './octet-reader.ts';

export interface WireOwner {
  /** Bytes arrived; false: they must not be looked at. */
  onBytes(): boolean;
  onLine(line: CommandLine): Promise<void> | void;
  /** The octets a reader asked for have come: time to answer. */
  onOctetsEnd(reader: OctetReader): Promise<void>;
  /** Everything that arrived has been dealt with. A promise: no more input until it resolves. */
  onIdle(): Promise<void> | undefined;
  /** The client has closed its side, and everything it sent has been dealt with. */
  onEnd(): void;
  /** Something of ours threw where nothing should. */
  onBug(failure: unknown): void;
}

// How many commands may run before the event loop turns.
const commandsPerTurn = 100;

export class WireParser extends SMTPStream {
  readonly lines: CommandLineReader;
  readonly #owner: () => WireOwner;
  #reader: OctetReader | undefined;
  /** Bytes of the chunks that are done with. */
  #doneBytes = 0;
  /** Position in the chunk in hand: where the command in hand began, and how far it has been read. */
  #lineStart = 0;
  #at = 0;
  #chunkBytes = 0;

  constructor(owner: () => WireOwner, lineMaxBytes: number) {
    super();
    this.#owner = owner;
    this.lines = new CommandLineReader(lineMaxBytes);
  }

  /** How many bytes have arrived, read or not. */
  get arrivedBytes(): number {
    return this.#doneBytes + this.writableLength;
  }

  /** How many bytes came before the command in hand. */
  get bytesBeforeCommand(): number {
    return this.#doneBytes + this.#lineStart;
  }

  /** True when more has arrived behind the command in hand. */
  get hasMore(): boolean {
    return this.#at < this.#chunkBytes || this.writableLength > this.#chunkBytes;
  }

  get isReadingOctets(): boolean {
    return this.#reader !== undefined;
  }

  readOctets(reader: OctetReader): void {
    this.#reader = reader;
  }

  override _write(chunk: Buffer, _encoding: string, next: (error?: Error | null) => void): void {
    this.#take(chunk).then(
      () => {
        this.#doneBytes += chunk.length;
        this.#lineStart = 0;
        this.#at = 0;
        this.#chunkBytes = 0;
        next();
      },
      (failure: unknown) => {
        this.#owner().onBug(failure);
        next();
      },
    );
  }

  /** The library would execute an unfinished line here; half a command is no command. */
  override _flushData(): void {
    if (!this.isClosed) this.#owner().onEnd();
  }

  async #take(chunk: Buffer): Promise<void> {
    if (this.isClosed || !this.#owner().onBytes()) return;
    this.#chunkBytes = chunk.length;
    let commands = 0;
    while (this.#at < chunk.length && !this.isClosed) {
      if (this.#reader !== undefined) {
        const next = this.#reader.read(chunk, this.#at);
        this.#at = typeof next === 'number' ? next : await next;
      } else {
        const line = this.#nextLine(chunk);
        if (line === undefined) break;
        const work = this.#owner().onLine(line);
        if (work !== undefined) await work;
        commands += 1;
        if (commands % commandsPerTurn === 0) await nextTurn();
      }
      // Also after a command: "BDAT 0 LAST" is complete without any octet.
      if (this.#reader?.isComplete === true && !this.isClosed) await this.#endOctets();
    }
    if (this.isClosed) return;
    const wait = this.#owner().onIdle();
    if (wait !== undefined) await wait;
  }

  #nextLine(chunk: Buffer): CommandLine | undefined {
    const start = this.#at;
    // A line that began in an earlier chunk began before this one.
    this.#lineStart = this.lines.isInLine ? -1 : start;
    this.#at = this.lines.read(chunk, start);
    return this.lines.line;
  }

  #endOctets(): Promise<void> | undefined {
    const reader = this.#reader;
    this.#reader = undefined;
    return reader === undefined ? undefined : this.#owner().onOctetsEnd(reader);
  }
}
