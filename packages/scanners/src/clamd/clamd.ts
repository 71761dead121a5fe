// clamd of ClamAV: zINSTREAM, then pieces with their length before them, then a length of zero (clamd(8)).
import { converse } from '../converse.ts';
import type { Endpoint } from '../endpoint.ts';
import { ScannersError } from '../errors.ts';
import { scannedBytes } from '../scanned-bytes.ts';
import type { MessageToScan } from '../scanners.ts';
import { readClamdAnswer } from './read-clamd-answer.ts';

const answerMaxBytes = 4096;
const pieceMaxBytes = 131_072;
/** Who sent this much and then loses the connection has most likely passed StreamMaxLength: clamd answers, and hangs up at once. */
const suspectBytes = 1_048_576;

/** The name of what it found; undefined when it looked and found nothing. */
export async function askClamd(
  endpoint: Endpoint,
  message: MessageToScan,
  signal: AbortSignal,
): Promise<string | undefined> {
  const sent = { bytes: 0 };
  try {
    const answer = await converse({
      endpoint,
      question: inPieces(scannedBytes(message), sent),
      answerMaxBytes,
      isWhole: (soFar) => soFar.includes(0),
      signal,
    });
    return readClamdAnswer(answer);
  } catch (cause) {
    if (
      cause instanceof ScannersError &&
      cause.code === 'SCANNER_UNREACHABLE' &&
      sent.bytes >= suspectBytes
    )
      throw new ScannersError('SCANNER_TOO_LARGE', {
        about: 'too large for clamd: it hung up while it was sent; see its StreamMaxLength',
        cause,
      });
    throw cause;
  }
}

async function* inPieces(
  bytes: AsyncIterable<Buffer>,
  sent: { bytes: number },
): AsyncIterable<Buffer> {
  yield Buffer.from('zINSTREAM\0');
  for await (const piece of bytes) {
    for (let at = 0; at < piece.length; at += pieceMaxBytes) {
      const part = piece.subarray(at, at + pieceMaxBytes);
      sent.bytes += part.length;
      yield lengthOf(part);
      yield part;
    }
  }
  yield Buffer.alloc(4);
}

function lengthOf({ length }: Buffer): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(length);
  return prefix;
}
