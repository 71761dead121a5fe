// Everything the server says on one connection, gathered into large writes.
//
// Promises
// - text() and bytes() never wait and keep their order; many small ones become few writes.
// - A producer that asks backPressure() between two messages holds at most some hundred KiB for a client that does not read.
// - flush() is called when a command is answered and no other waits behind it; a producer need not.
import type { Writable } from 'node:stream';

/** The client went away while something was being produced for it. Only the command border catches it. */
export class ConnectionGone extends Error {
  override readonly name = 'ConnectionGone';
}

const gatherBytes = 64 * 1024;
const waitingBytesMax = 256 * 1024;
/** Shorter ones are copied behind the text; one write is cheaper than two. */
const copyBytesMax = 4 * 1024;

export class Responder {
  #stream: Writable;
  #text = '';

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** From now on through here (STARTTLS, COMPRESS); what was said before goes the old way. */
  redirect(stream: Writable): void {
    this.flush();
    this.#stream = stream;
  }

  /** One character a byte. */
  text(text: string): void {
    this.#text += text;
    if (this.#text.length >= gatherBytes) this.flush();
  }

  /** Raw bytes of a literal; kept by reference, so they must not change any more. */
  bytes(bytes: Buffer): void {
    if (bytes.length <= copyBytesMax) {
      this.text(bytes.toString('latin1'));
      return;
    }
    this.#stream.cork();
    this.flush();
    this.#write(bytes);
    this.#stream.uncork();
  }

  untagged(line: string): void {
    this.text(`* ${line}\r\n`);
  }

  /** Asks the client to go on (RFC 3501 §7.5) and sends it at once. */
  continuation(text: string): void {
    this.text(`+ ${text}\r\n`);
    this.flush();
  }

  tagged(tag: string, status: 'OK' | 'NO' | 'BAD', { code, text }: Ending): void {
    this.text(`${tag} ${status} ${code === undefined ? '' : `[${code}] `}${text}\r\n`);
  }

  flush(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#write(Buffer.from(text, 'latin1'));
  }

  /** For what is said unasked: undefined when the client took what was said, else a promise for that (or its end). Never rejects. */
  whenRoom(): Promise<void> | undefined {
    if (!this.#stream.writableNeedDrain || this.#stream.destroyed) return undefined;
    return this.#emptied();
  }

  /** Undefined when there is room. Throws (rejects with) ConnectionGone when nobody reads any more. */
  backPressure(): Promise<void> | undefined {
    if (this.#stream.destroyed) throw new ConnectionGone();
    return this.#stream.writableLength > waitingBytesMax ? this.#drained() : undefined;
  }

  async #drained(): Promise<void> {
    const stream = this.#stream;
    await this.#emptied();
    if (stream.destroyed) throw new ConnectionGone();
  }

  async #emptied(): Promise<void> {
    const stream = this.#stream;
    const { promise, resolve } = Promise.withResolvers<void>();
    stream.once('drain', resolve).once('close', resolve);
    if (stream.destroyed || !stream.writableNeedDrain) resolve();
    await promise;
    stream.off('drain', resolve).off('close', resolve);
  }

  #write(bytes: Buffer): void {
    if (!this.#stream.destroyed && this.#stream.writable) this.#stream.write(bytes);
  }
}

export interface Ending {
  /** Response code without brackets. */
  readonly code?: string | undefined;
  readonly text: string;
}
