// Cuts an mbox into its messages while it is read, whoever wrote it: mboxo, mboxrd, mboxcl, mboxcl2.
//
// A message begins at a line that looks like one of those between messages. A Content-Length is believed only when such a line,
// or the end, stands where it says. Linear in the size of the file; holds one message at a time.
import type { FileHandle } from 'node:fs/promises';
import { headerEnd, headerFields, rawValue } from '@restante/mime';
import { isFromLine } from './from-line.ts';

export interface MboxPiece {
  /** Without its line end. */
  readonly fromLine: string;
  /** As it stands, without the empty line before the next one; undefined when it is longer than any message. */
  readonly bytes: Buffer | undefined;
  /** Its length was told and right: "From " lines inside may be unquoted. */
  readonly isMeasured: boolean;
  readonly atByte: number;
}

const fromLineMax = 1100;

export async function* splitMbox(
  file: FileHandle,
  { messageMaxBytes }: { readonly messageMaxBytes: number },
): AsyncIterable<MboxPiece> {
  const window = new Window(file, messageMaxBytes + fromLineMax);
  while (await window.skipEmptyLines()) {
    const atByte = window.startByte;
    const fromLine = await window.firstLine();
    const bodyAt = fromLine.length + window.lineEndAfter(fromLine.length);
    const measured = await measuredEnd(window, bodyAt);
    const end = measured ?? (await nextFromLine(window, bodyAt));
    yield {
      fromLine: fromLine.toString('latin1'),
      bytes: end === undefined ? undefined : withoutLastEmptyLine(window.copy(bodyAt, end)),
      isMeasured: measured !== undefined,
      atByte,
    };
    if (end === undefined) await window.skipToFromLine();
    else window.drop(end);
  }
}

/** Where the message ends by its Content-Length, when that is so. */
async function measuredEnd(window: Window, bodyAt: number): Promise<number | undefined> {
  let header = headerEnd(window.bytes, bodyAt);
  while (header >= window.bytes.length && window.bytes.length < 1024 * 1024) {
    if (!(await window.more())) break;
    header = headerEnd(window.bytes, bodyAt);
  }
  const field = headerFields(window.bytes, bodyAt, header).find(
    ({ name }) => name.toLowerCase() === 'content-length',
  );
  const told = field === undefined ? undefined : rawValue(window.bytes, field);
  if (told === undefined || !/^\d{1,12}$/.test(told) || Number(told) > window.maxBytes)
    return undefined;
  const end = header + Number(told);
  while (window.bytes.length < end + fromLineMax) if (!(await window.more())) break;
  if (end > window.bytes.length) return undefined;
  const rest = window.bytes.toString('latin1', end, end + fromLineMax).replace(/^(\r?\n){0,2}/, '');
  if (rest !== '' && !isFromLine(rest.split('\n', 1)[0] ?? '')) return undefined;
  return end;
}

/** The end of the file counts. Undefined: longer than any message. */
async function nextFromLine(window: Window, from: number): Promise<number | undefined> {
  let searched = Math.max(0, from - 1);
  for (;;) {
    const at = window.bytes.indexOf('\nFrom', searched);
    const isWhole =
      at >= 0 &&
      (window.bytes.indexOf(0x0a, at + 1) >= 0 || window.bytes.length - at > fromLineMax);
    if (at < 0 || !isWhole) {
      searched = at < 0 ? Math.max(searched, window.bytes.length - 5) : at;
      if (window.isFull) return undefined;
      if (await window.more()) continue;
      if (at < 0) return window.bytes.length;
    }
    if (window.isFromLineAt(at + 1)) return at + 1;
    searched = at + 1;
  }
}

function withoutLastEmptyLine(bytes: Buffer): Buffer {
  const isCrlf = bytes.subarray(-4).equals(Buffer.from('\r\n\r\n'));
  if (isCrlf) return bytes.subarray(0, -2);
  return bytes.subarray(-2).equals(Buffer.from('\n\n')) ? bytes.subarray(0, -1) : bytes;
}

/** The part of the file that is looked at; grows by as much as it has, so that growing costs no more than reading. */
class Window {
  bytes: Buffer = Buffer.alloc(0);
  startByte = 0;
  readonly #file: FileHandle;
  readonly maxBytes: number;
  #isAtEnd = false;

  constructor(file: FileHandle, maxBytes: number) {
    this.#file = file;
    this.maxBytes = maxBytes;
  }

  get isFull(): boolean {
    return this.bytes.length > this.maxBytes;
  }

  /** False at the end of the file. */
  async more(): Promise<boolean> {
    if (this.#isAtEnd) return false;
    const room = Math.max(256 * 1024, this.bytes.length);
    const grown = Buffer.allocUnsafe(this.bytes.length + room);
    this.bytes.copy(grown);
    const position = this.startByte + this.bytes.length;
    const { bytesRead } = await this.#file.read(grown, this.bytes.length, room, position);
    this.#isAtEnd = bytesRead === 0;
    this.bytes = grown.subarray(0, this.bytes.length + bytesRead);
    return bytesRead > 0;
  }

  drop(count: number): void {
    this.startByte += count;
    this.bytes = this.bytes.subarray(count);
  }

  copy(from: number, to: number): Buffer {
    return Buffer.from(this.bytes.subarray(from, to));
  }

  /** False when there is nothing behind them. */
  async skipEmptyLines(): Promise<boolean> {
    for (;;) {
      const at = this.bytes.findIndex((byte) => byte !== 0x0a && byte !== 0x0d);
      if (at >= 0) {
        this.drop(at);
        return true;
      }
      this.drop(this.bytes.length);
      if (!(await this.more())) return false;
    }
  }

  async firstLine(): Promise<Buffer> {
    while (this.bytes.indexOf(0x0a) < 0 && this.bytes.length < fromLineMax)
      if (!(await this.more())) break;
    const end = this.bytes.indexOf(0x0a);
    const line = this.bytes.subarray(0, end < 0 ? this.bytes.length : end);
    return Buffer.from(line.at(-1) === 0x0d ? line.subarray(0, -1) : line);
  }

  lineEndAfter(at: number): number {
    return this.bytes[at] === 0x0d ? 2 : this.bytes[at] === 0x0a ? 1 : 0;
  }

  isFromLineAt(at: number): boolean {
    const end = this.bytes.indexOf(0x0a, at);
    const line = this.bytes.toString('latin1', at, end < 0 ? at + fromLineMax : end);
    const isAfterEmptyLine = /\n\r?\n$/.test(
      this.bytes.toString('latin1', Math.max(0, at - 3), at),
    );
    return isFromLine(line.trimEnd(), { isAfterEmptyLine });
  }

  /** Passes over what is longer than any message. */
  async skipToFromLine(): Promise<void> {
    for (;;) {
      this.drop(Math.max(0, this.bytes.length - 5));
      if (!(await this.more())) return this.drop(this.bytes.length);
      let at = this.bytes.indexOf('\nFrom');
      while (at >= 0 && !this.isFromLineAt(at + 1)) at = this.bytes.indexOf('\nFrom', at + 1);
      if (at >= 0) return this.drop(at + 1);
    }
  }
}
