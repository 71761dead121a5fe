// Cuts what a client sends into command lines and octets (bodies, chunks), strictly in order.
//
// It is smtp-server's SMTPStream with its parsing replaced: lines and bodies are ours (line-guard.ts, command-line.ts),
// the plumbing (pipe, being retired by STARTTLS and by close) is the library's.
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
  /** A promise: no more input until it resolves. */
  onLine(line: CommandLine): Promise<void> | void;
  /** The octets a reader asked for have come: time to answer. */
  onOctetsEnd(reader: OctetReader): Promise<void> | void;
  /** Everything that arrived has been dealt with. A promise: no more input until it resolves. */
  onIdle(): Promise<void> | undefined;
  /** The client has closed its side, and everything it sent has been dealt with. */
  onEnd(): void;
  /** Something of ours threw where nothing should. */
  onBug(failure: unknown): void;
}

// How many commands may run before the event loop turns.
const commandsPerTurn = 100;
// So much may wait behind the chunk in hand before the client is read no further: what streams of Node allow.
const waitingMaxBytes = 16_384;
const nothing = Buffer.alloc(0);

export class WireParser extends SMTPStream {
  readonly lines: CommandLineReader;
  readonly #owner: () => WireOwner;
  #reader: OctetReader | undefined;
  /** How many bytes have arrived, read or not. */
  arrivedBytes = 0;
  /** Bytes of the chunks that are done with. */
  #doneBytes = 0;
  /** Positions in the chunk in hand: where the command in hand began, and how far it has been read. */
  #chunk: Buffer = nothing;
  #lineStart = 0;
  #at = 0;
  #commands = 0;
  /** Chunks that came while one was being waited for. */
  readonly #waiting: Buffer[] = [];
  #isBusy = false;
  #isHeldBack = false;
  #hasEnded = false;

  constructor(owner: () => WireOwner, lineMaxBytes: number) {
    super();
    this.#owner = owner;
    this.lines = new CommandLineReader(lineMaxBytes);
  }

  /** How many bytes came before the command in hand. */
  get bytesBeforeCommand(): number {
    return this.#doneBytes + this.#lineStart;
  }

  /** True when more has arrived behind the command in hand. */
  get hasMore(): boolean {
    return this.#at < this.#chunk.length || this.#waiting.length > 0;
  }

  get isReadingOctets(): boolean {
    return this.#reader !== undefined;
  }

  readOctets(reader: OctetReader): void {
    this.#reader = reader;
  }

  /**
   * In place of Writable's: what needs no waiting is done when this returns, without a turn of the event loop and three callbacks
   * for every chunk. False, and "drain" later, as pipe() expects them.
   */
  override write(chunk: Buffer): boolean {
    // The session is over while somebody is still waited for: what comes now is for nobody.
    if (this.isClosed) return true;
    this.arrivedBytes += chunk.length;
    if (this.#isBusy) this.#waiting.push(chunk);
    else {
      const work = this.#begin(chunk);
      if (work === undefined) return true;
      this.#isBusy = true;
      void this.#workOff(work);
    }
    if (this.isClosed || this.arrivedBytes - this.#doneBytes < waitingMaxBytes) return true;
    this.#isHeldBack = true;
    return false;
  }

  /** pipe() calls it when the client has closed its side. The library would execute an unfinished line; half a command is none. */
  override end(): this {
    this.#hasEnded = true;
    if (!this.#isBusy) this.#end();
    return this;
  }

  /** Never throws. */
  async #workOff(begun: Promise<void>): Promise<void> {
    for (let work: Promise<void> | undefined = begun; work !== undefined;) {
      try {
        await work;
        work = this.#goOn();
      } catch (failure) {
        this.#owner().onBug(failure);
        work = undefined;
      }
      if (work !== undefined) continue;
      this.#endChunk();
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        work = this.#begin(next);
        if (work !== undefined) break;
      }
    }
    this.#isBusy = false;
    if (this.#isHeldBack) {
      this.#isHeldBack = false;
      this.emit('drain');
    }
    if (this.#hasEnded && !this.#isBusy) this.#end();
  }

  /** A promise when somebody has to be waited for; undefined when the chunk is done with. Never throws. */
  #begin(chunk: Buffer): Promise<void> | undefined {
    this.#chunk = chunk;
    this.#commands = 0;
    let work;
    try {
      if (!this.isClosed && this.#owner().onBytes()) work = this.#goOn();
    } catch (failure) {
      this.#owner().onBug(failure);
    }
    if (work === undefined) this.#endChunk();
    return work;
  }

  #endChunk(): void {
    this.#doneBytes += this.#chunk.length;
    this.#chunk = nothing;
    this.#lineStart = 0;
    this.#at = 0;
  }

  #goOn(): Promise<void> | undefined {
    const chunk = this.#chunk;
    while (!this.isClosed) {
      const isIdle = this.#at === chunk.length;
      // Also at the end of a chunk: "BDAT 0 LAST" is complete without any octet.
      if (this.#reader?.isComplete !== true && isIdle) return this.#owner().onIdle();
      const work = this.#step(chunk);
      if (work instanceof Promise) return work;
    }
    return undefined;
  }

  #step(chunk: Buffer): Promise<void> | void {
    const reader = this.#reader;
    if (reader?.isComplete === true) {
      this.#reader = undefined;
      return this.#owner().onOctetsEnd(reader);
    }
    if (reader !== undefined) {
      const next = reader.read(chunk, this.#at);
      if (next instanceof Promise) return next.then((at) => void (this.#at = at));
      this.#at = next;
      return undefined;
    }
    const line = this.#nextLine(chunk);
    if (line === undefined) return undefined;
    const work = this.#owner().onLine(line);
    this.#commands += 1;
    if (this.#commands % commandsPerTurn !== 0) return work;
    return Promise.resolve(work).then(async () => nextTurn());
  }

  #nextLine(chunk: Buffer): CommandLine | undefined {
    const start = this.#at;
    // A line that began in an earlier chunk began before this one.
    this.#lineStart = this.lines.isInLine ? -1 : start;
    this.#at = this.lines.read(chunk, start);
    return this.lines.line;
  }

  #end(): void {
    if (!this.isClosed) this.#owner().onEnd();
  }
}
