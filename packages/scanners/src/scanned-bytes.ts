// The bytes a scanner sees: header, empty line, body; exactly what will be stored (threat 18).
//
// A body that is shorter or longer than announced is our own failure, not the scanner's.
import { ScannersError } from './errors.ts';
import type { MessageToScan } from './scanners.ts';

const lineEnd = Buffer.from('\r\n');

export function scannedSizeBytes({ header, bodyBytes }: MessageToScan): number {
  return header.length + lineEnd.length + bodyBytes;
}

export function scannedBytes(message: MessageToScan): AsyncIterable<Buffer> {
  return exactly(scannedSizeBytes(message), pieces(message));
}

async function* pieces({ header, body }: MessageToScan): AsyncIterable<Buffer> {
  yield Buffer.concat([header, lineEnd]);
  yield* body();
}

/** Fails when there are more or fewer bytes, or when reading them fails. */
export async function* exactly(
  sizeBytes: number,
  source: Iterable<Buffer> | AsyncIterable<Buffer>,
): AsyncIterable<Buffer> {
  let given = 0;
  try {
    for await (const piece of source) {
      given += piece.length;
      if (given > sizeBytes) break;
      if (piece.length > 0) yield piece;
    }
  } catch (cause) {
    throw new ScannersError('SCANNER_BODY_UNREADABLE', { cause });
  }
  if (given !== sizeBytes)
    throw new ScannersError('SCANNER_BODY_UNREADABLE', {
      about: `${given} bytes instead of ${sizeBytes}`,
    });
}
