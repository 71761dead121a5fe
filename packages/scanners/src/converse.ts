// One question and one answer over a connection of its own: connect, stream the question, read until the answer is whole.
//
// Promises
// - The question is written only as fast as the other side reads it; the answer is bounded.
// - The answer is read while the question is still being sent: a scanner that refuses early is understood.
// - Throws a ScannersError, or the signal's reason; the connection is gone either way.
import { connect, type Socket } from 'node:net';
import type { Endpoint } from './endpoint.ts';
import { ScannersError } from './errors.ts';

export interface Conversation {
  readonly endpoint: Endpoint;
  readonly question: AsyncIterable<Buffer>;
  readonly answerMaxBytes: number;
  /** Whether nothing more needs to be waited for; otherwise the end of the connection ends the answer. */
  readonly isWhole: (answer: Buffer) => boolean;
  readonly signal: AbortSignal;
}

export async function converse(conversation: Conversation): Promise<Buffer> {
  const { endpoint, question, signal } = conversation;
  signal.throwIfAborted();
  const socket = connect({
    ...(endpoint.kind === 'unix'
      ? { path: endpoint.path }
      : { host: endpoint.host, port: endpoint.port, noDelay: true }),
    // Both SPAMC and INSTREAM let the answerer end first; what it said must still be read.
    allowHalfOpen: true,
  });
  const abort = () => socket.destroy(asError(signal.reason));
  signal.addEventListener('abort', abort, { once: true });
  try {
    const answer = readAnswer(socket, conversation);
    const asked = send(socket, question).then(async () => answer);
    return await Promise.race([answer, asked]);
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

function readAnswer(
  socket: Socket,
  { answerMaxBytes, isWhole, signal }: Conversation,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let answer: Buffer = Buffer.alloc(0);
    socket.on('data', (piece: Buffer) => {
      if (answer.length + piece.length > answerMaxBytes) {
        reject(new ScannersError('SCANNER_BAD_ANSWER', { about: 'endless' }));
        socket.destroy();
        return;
      }
      answer = answer.length === 0 ? piece : Buffer.concat([answer, piece]);
      if (isWhole(answer)) resolve(answer);
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', (cause) => reject(signal.aborted ? asError(signal.reason) : broken(cause)));
    socket.on('close', () => reject(broken(undefined)));
  });
}

/** Ends when all is sent, or when the connection is gone; only an unreadable question throws. */
async function send(socket: Socket, question: AsyncIterable<Buffer>): Promise<void> {
  for await (const piece of question) {
    if (socket.destroyed || !socket.writable) return;
    if (!socket.write(piece)) await drained(socket);
  }
  // Half-close: the other side knows that this was all.
  if (!socket.destroyed) socket.end();
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
    if (socket.destroyed) done();
  });
}

function broken(cause: unknown): ScannersError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return new ScannersError('SCANNER_UNREACHABLE', {
    about: code ?? 'it closed the connection',
    ...(cause === undefined ? {} : { cause }),
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
