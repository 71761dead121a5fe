// The bytes of a message as the wire wants them: with CRLF line ends, whoever stored it.
import { close, constants, createReadStream, fstat, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { sizeInName, virtualSizeInName } from '../maildir/file-name.ts';
import { messagePath } from '../maildir/message-path.ts';
import { isGone } from './each-file.ts';
import { withCrlf } from './line-ends.ts';
import type { OpenFolder } from './open-folder.ts';
import type { StoredMessage } from './stored-message.ts';

const readAsync = promisify(read);
const fstatAsync = promisify(fstat);
const closeAsync = promisify(close);
const flags = constants.O_RDONLY | constants.O_NOFOLLOW;

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Undefined when the message went meanwhile. */
export async function readMessage(
  folder: OpenFolder,
  uid: number,
  range?: ByteRange,
): Promise<Buffer | undefined> {
  const opened = await openMessage(folder, uid);
  if (opened === undefined) return undefined;
  const { fd, message } = opened;
  try {
    // Nothing to convert: sizes with and without CR are the same, so any part can be read by itself.
    if (isStoredWithCrlf(message)) {
      const start = Math.min(range?.start ?? 0, message.sizeBytes);
      return await readPart(
        fd,
        start,
        Math.min(range?.end ?? message.sizeBytes, message.sizeBytes),
      );
    }
    const whole = withCrlf(await readWhole(fd));
    return range ? whole.subarray(range.start, range.end) : whole;
  } finally {
    await closeAsync(fd);
  }
}

/** In pieces, for large messages. */
export async function* readMessageInPieces(folder: OpenFolder, uid: number): AsyncIterable<Buffer> {
  const opened = await openMessage(folder, uid);
  if (opened === undefined) return;
  let endedWithCr = false;
  for await (const chunk of createReadStream('', { fd: opened.fd, highWaterMark: 256 * 1024 })) {
    const bytes = chunk as Buffer;
    if (isStoredWithCrlf(opened.message)) yield bytes;
    else yield convertPiece(bytes, endedWithCr);
    endedWithCr = bytes.at(-1) === 0x0d;
  }
}

/** A line feed at the beginning of a piece may have its CR at the end of the one before. */
function convertPiece(bytes: Buffer, endedWithCr: boolean): Buffer {
  if (!endedWithCr || bytes[0] !== 0x0a) return withCrlf(bytes);
  return Buffer.concat([bytes.subarray(0, 1), withCrlf(bytes.subarray(1))]);
}

function isStoredWithCrlf({ baseName, sizeBytes }: StoredMessage): boolean {
  return sizeInName(baseName) === sizeBytes && virtualSizeInName(baseName) === sizeBytes;
}

async function openMessage(
  folder: OpenFolder,
  uid: number,
): Promise<{ readonly fd: number; readonly message: StoredMessage } | undefined> {
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    folder.context.assertOpen();
    const message = folder.memory.message(uid);
    if (message === undefined) return undefined;
    try {
      return { fd: openSync(messagePath(folder.dir, message.path), flags), message };
    } catch (cause) {
      if (!isGone(cause)) throw cause;
    }
    // Another program has renamed it (flags are names) or taken it away.
    await folder.alone(async () => {
      if (folder.memory.message(uid) === message) folder.files.directories.forget();
      await folder.look();
    });
  }
  return undefined;
}

async function readPart(fd: number, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(Math.max(end - start, 0));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await readAsync(fd, bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function readWhole(fd: number): Promise<Buffer> {
  return readPart(fd, 0, (await fstatAsync(fd)).size);
}
