// Writes one message into tmp/ and syncs it. What comes out is on disk, but not visible yet.
//
// Bytes are stored as they were on the wire, CRLF included: what a test, a signature or a restore compares is then equal
// byte for byte. Dovecot reads CRLF and LF files alike; W= in the name tells it that no conversion is needed.
//
// Calls that only touch cached pages (write of a small message, close) run at once: a trip through the thread pool costs more
// than they do. Whatever may wait for the disk does not hold the event loop: fsync, large bodies, and making a file, which
// stands in line behind the journal while it commits what others sync.
import {
  closeSync,
  constants,
  fsync,
  open,
  futimesSync,
  unlinkSync,
  write,
  writevSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { MailboxStoreError } from '../errors.ts';
import type { AppendRequest } from '../mailbox-store.ts';

const fsyncAsync = promisify(fsync);
const openAsync = promisify(open);
const writeAsync = promisify(write);
const atOnceMaxBytes = 1024 * 1024;

export interface WrittenMessage {
  readonly sizeBytes: number;
  readonly virtualSizeBytes: number;
}

/** Size of the file this request makes. */
export function sizeOf({ prefix, body }: Pick<AppendRequest, 'prefix' | 'body'>): number {
  return Buffer.byteLength(prefix) + (body.kind === 'bytes' ? body.bytes.length : body.sizeBytes);
}

export type MessageToWrite = Pick<AppendRequest, 'prefix' | 'body' | 'receivedAtMs'>;

/** Leaves nothing behind when it throws. */
export async function writeMessage(path: string, request: MessageToWrite): Promise<WrittenMessage> {
  const fd = await openNew(path);
  let written: WrittenMessage;
  try {
    written = await writeAll(fd, request);
    // RFC 3501 §2.3.3: INTERNALDATE is when it came to us; Maildir keeps it as the file's mtime.
    futimesSync(fd, request.receivedAtMs / 1000, request.receivedAtMs / 1000);
    await syncFile(fd, path);
  } catch (cause) {
    closeSync(fd);
    unlinkSync(path);
    throw asStoreError(path, cause);
  }
  closeSync(fd);
  return written;
}

async function openNew(path: string): Promise<number> {
  try {
    return await openAsync(
      path,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
  } catch (cause) {
    throw asStoreError(path, cause);
  }
}

function asStoreError(path: string, cause: unknown): MailboxStoreError {
  return cause instanceof MailboxStoreError
    ? cause
    : new MailboxStoreError('MAILBOX_WRITE_FAILED', { about: path, cause });
}

async function syncFile(fd: number, path: string): Promise<void> {
  try {
    await fsyncAsync(fd);
  } catch (cause) {
    throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: path, cause });
  }
}

async function writeAll(fd: number, { prefix, body }: MessageToWrite): Promise<WrittenMessage> {
  const head = Buffer.from(prefix, 'utf8');
  const counter = new LineEndCounter();
  counter.add(head);
  if (body.kind === 'bytes') {
    counter.add(body.bytes);
    await writeWhole(fd, [head, body.bytes]);
    return counter.sizes();
  }
  await writeWhole(fd, [head]);
  for await (const chunk of body.open()) {
    counter.add(chunk);
    if (counter.sizeBytes > head.length + body.sizeBytes) break;
    await writeWhole(fd, [chunk]);
  }
  if (counter.sizeBytes !== head.length + body.sizeBytes) throw new MailboxStoreError('BODY_CUT');
  return counter.sizes();
}

async function writeWhole(fd: number, parts: readonly Buffer[]): Promise<void> {
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0);
  let done = sizeBytes <= atOnceMaxBytes ? writevSync(fd, parts) : 0;
  for (const part of parts) {
    // A short write is not an error by itself; the next one says why (a full disk).
    for (let at = Math.min(done, part.length); at < part.length;)
      at += (await writeAsync(fd, part, at)).bytesWritten;
    done = Math.max(done - part.length, 0);
  }
}

/** Counts what the size would be if every LF had its CR (RFC822.SIZE). */
class LineEndCounter {
  sizeBytes = 0;
  #bareLineFeeds = 0;
  #lastByte = 0;

  add(bytes: Buffer): void {
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
      if ((at === 0 ? this.#lastByte : bytes[at - 1]) !== 0x0d) this.#bareLineFeeds += 1;
    }
    this.sizeBytes += bytes.length;
    this.#lastByte = bytes.at(-1) ?? this.#lastByte;
  }

  sizes(): WrittenMessage {
    return { sizeBytes: this.sizeBytes, virtualSizeBytes: this.sizeBytes + this.#bareLineFeeds };
  }
}
