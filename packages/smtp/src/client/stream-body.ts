// Sends a body chunk by chunk, as fast as the other side takes it and never faster. Chunks belong to us once yielded:
// the source must not write into them again.
import type { BodyTraits } from './body-traits.ts';
import { endsLine, stuffDots } from './dot-stuffing.ts';
import type { Wire } from './wire.ts';

export type BodyToSend =
  | {
      readonly kind: 'bytes';
      readonly bytes: Buffer;
      readonly sizeBytes: number;
      readonly traits: BodyTraits;
    }
  | {
      readonly kind: 'stream';
      readonly sizeBytes: number;
      readonly traits: BodyTraits;
      open(): AsyncIterable<Buffer>;
    };

export type StreamToSend = Extract<BodyToSend, { readonly kind: 'stream' }>;

/** Returns early when the connection is lost; throws when the body cannot be read or is not as long as promised. */
export async function streamBody(
  wire: Wire,
  body: StreamToSend,
  { isVerbatim }: { readonly isVerbatim: boolean },
): Promise<void> {
  let sentBytes = 0;
  let atLineStart = true;
  for await (const chunk of body.open()) {
    if (wire.loss !== undefined) return;
    if (chunk.length === 0) continue;
    sentBytes += chunk.length;
    if (sentBytes > body.sizeBytes) break;
    const canGoOn = wire.writeThrough(isVerbatim ? chunk : stuffDots(chunk, { atLineStart }));
    atLineStart = endsLine(chunk);
    if (!canGoOn) await drained(wire);
  }
  if (sentBytes !== body.sizeBytes) throw new Error('The stored message is not as long as it was.');
}

async function drained({ socket, loss }: Wire): Promise<void> {
  if (loss !== undefined) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  socket.once('drain', done);
  socket.once('close', done);
  await promise;
  socket.off('drain', done);
  socket.off('close', done);
}
