// The socket of one client, whatever lies on it: clear text, TLS, DEFLATE.
//
//   socket ──▶ [TLSSocket] ──▶ [InflateRaw] ──▶ onInput
//   socket ◀── [TLSSocket] ◀── [DeflateRaw] ◀── output
//
// Promises: bytes that came before a layer was put on are never read as if they came through it (RFC 3501 §6.2.1), and what is not
// taken is not read from the socket: a bomb in DEFLATE (threat 17) grows no faster than it is consumed.
import type { Socket } from 'node:net';
import { TLSSocket, type TLSSocketOptions } from 'node:tls';
import type { Readable, Writable } from 'node:stream';
import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw } from 'node:zlib';
import { ConnectionGone } from '../wire/responder.ts';

export interface TransportListener {
  onInput(chunk: Buffer): void;
  /** The client said its last byte; it may still listen. */
  onEnd(): void;
  /** No more will come and nothing can be said. Once. */
  onGone(): void;
}

// RFC 4978 §3: a connection lives for hours; 64 KiB of state each way are enough for headers and flags.
const deflateOptions = {
  level: 6,
  memLevel: 5,
  windowBits: 13,
  flush: constants.Z_SYNC_FLUSH,
} as const;
// Dead peers behind a NAT are found within minutes, without a byte of IMAP.
const keepAliveMs = 120_000;

export class Transport {
  readonly #listener: TransportListener;
  readonly remoteAddress: string;
  #socket: Socket;
  #input: Readable;
  #deflate: DeflateRaw | undefined;
  #isGone = false;
  #isEnding = false;

  constructor(socket: Socket, listener: TransportListener) {
    this.#listener = listener;
    this.#socket = socket;
    this.#input = socket;
    this.remoteAddress = socket.remoteAddress ?? '';
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    this.#attach(socket);
    this.#listen(socket);
  }

  get output(): Writable {
    return this.#deflate ?? this.#socket;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get isTls(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  get isCompressed(): boolean {
    return this.#deflate !== undefined;
  }

  /** Bytes that the client has not taken yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength + (this.#deflate?.writableLength ?? 0);
  }

  get sentBytes(): number {
    return this.#socket.bytesWritten;
  }

  /** RFC 9266 §2: only TLS 1.3 gives a binding that needs nothing else. */
  get tlsExporter(): Buffer | undefined {
    const socket = this.#socket;
    if (!(socket instanceof TLSSocket) || socket.getProtocol() !== 'TLSv1.3') return undefined;
    return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  }

  /** Shakes hands as the server; rejects when that fails, and the socket is gone then. */
  async secure(options: TLSSocketOptions): Promise<void> {
    const below = this.#socket;
    below.removeAllListeners('data').removeAllListeners('end');
    const tls = new TLSSocket(below, { ...options, isServer: true });
    this.#socket = tls;
    this.#input = tls;
    this.#attach(tls);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    tls.once('secure', resolve).once('close', () => reject(new ConnectionGone()));
    // A socket of no TLS server tells its failed handshake by this name only.
    tls.once('_tlsError', () => below.destroy());
    await promise;
    this.#listen(tls);
  }

  /** From now on DEFLATE both ways. */
  compress(): void {
    const socket = this.#socket;
    socket.removeAllListeners('data').removeAllListeners('end');
    // A client that just goes never finishes its last block.
    const inflate = createInflateRaw({ windowBits: 15, finishFlush: constants.Z_SYNC_FLUSH });
    this.#deflate = createDeflateRaw(deflateOptions);
    for (const layer of [inflate, this.#deflate]) layer.on('error', () => this.destroy());
    socket.pipe(inflate);
    this.#deflate.pipe(socket);
    this.#listen(inflate);
  }

  /** Stops reading until resume(). */
  pause(): void {
    this.#input.pause();
  }

  resume(): void {
    if (this.#input.isPaused()) this.#input.resume();
  }

  /** What was written leaves, then the connection ends. What still comes is thrown away. */
  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#input.removeAllListeners('data');
    this.#input.resume();
    this.output.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #attach(socket: Socket): void {
    // The other side going away is no failure of ours; "close" follows.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      if (this.#isGone) return;
      this.#isGone = true;
      this.#deflate?.destroy();
      this.#socket.destroy();
      this.#listener.onGone();
    });
  }

  #listen(input: Readable): void {
    this.#input = input;
    input.on('data', (chunk: Buffer) => this.#listener.onInput(chunk));
    input.once('end', () => this.#listener.onEnd());
  }
}
