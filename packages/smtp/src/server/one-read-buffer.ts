// A socket that reads into one buffer for all of them, instead of 64 KiB of fresh memory and a stream's bookkeeping for every
// command line: a tenth of what accepting a message costs.
//
// Node offers this for sockets that connect ("onread"), not for those a server accepts. So the accepted one is made again, around its
// handle. `handle`, `_handle` and `_server` are Node's own names, not promised to anybody: where they are not what is expected, the
// socket stays as it is, and everything works as before.
import { Socket, type SocketConstructorOpts } from 'node:net';

interface Inside {
  _handle: unknown;
  _server: unknown;
  server: unknown;
}

const buffer = Buffer.allocUnsafeSlow(65_536);

/**
 * What is read goes to onBytes, in a copy of its own, and not into the stream; false there stops the reading until resume(). The end
 * of the stream comes as ever. The accepted socket must not be used any more.
 */
export function readIntoOneBuffer(accepted: Socket, onBytes: (chunk: Buffer) => boolean): Socket {
  const before = accepted as unknown as Inside;
  const { _handle: handle, _server: server } = before;
  const isKnown =
    typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle && Boolean(server);
  // What it has read already, and an end it has been told of, would be told to nobody again.
  const isFresh = accepted.readableLength === 0 && !accepted.readableEnded;
  if (!isKnown || !isFresh) return accepted;
  before._handle = null;
  before._server = null;
  const options = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer,
      callback: (bytes: number, into: Uint8Array) => onBytes(Buffer.from(into.subarray(0, bytes))),
    },
  };
  const socket = new Socket(options as unknown as SocketConstructorOpts);
  // The server counts its sockets by this, and waits for the last one when it closes.
  Object.assign(socket, { server, _server: server });
  return socket;
}
