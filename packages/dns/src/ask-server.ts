// One question to one server, over UDP or TCP, with a hard end to the waiting. Never throws for what the network does.
//
// UDP: a new socket for every question, so its port is a new one (RFC 5452 §9.2), connected to the server, so that the
// kernel drops what comes from elsewhere and tells at once when nobody listens there.
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { Packet } from 'dns2';
import { judgePacket } from './question.ts';
import type { Question } from './question.ts';

export interface Server {
  readonly host: string;
  readonly port: number;
}

export type ServerAnswer =
  | { readonly kind: 'packet'; readonly packet: Packet }
  | { readonly kind: 'timeout'; readonly caseFolded: boolean }
  | { readonly kind: 'unreachable'; readonly cause: unknown };

export interface Asking {
  readonly server: Server;
  readonly question: Question;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** A packet came that was not believed. */
  onIgnored(): void;
}

export function askOverUdp({
  server,
  question,
  timeoutMs,
  signal,
  onIgnored,
}: Asking): Promise<ServerAnswer> {
  const { promise, resolve } = Promise.withResolvers<ServerAnswer>();
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
  let caseFolded = false;
  let isClosed = false;
  const end = (answer: ServerAnswer) => {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    socket.close();
    resolve(answer);
  };
  const giveUp = () => end({ kind: 'timeout', caseFolded });
  const timer = setTimeout(giveUp, timeoutMs);
  signal.addEventListener('abort', giveUp, { once: true });

  socket.on('error', (cause) => end({ kind: 'unreachable', cause }));
  socket.on('message', (bytes) => {
    const belief = judgePacket(bytes, question);
    if (belief.kind === 'believed') {
      end({ kind: 'packet', packet: belief.packet });
      return;
    }
    onIgnored();
    // The server (or a forger) does not keep the case. TCP cannot be forged from afar: ask there.
    if (belief.kind === 'case-folded') {
      caseFolded = true;
      giveUp();
    }
  });
  socket.on('connect', () => {
    if (!isClosed)
      socket.send(question.bytes, (cause) => cause && end({ kind: 'unreachable', cause }));
  });
  // Without a callback: then failures (no IPv6 here, for one) come as the error event above.
  socket.connect(server.port, server.host);
  return promise;
}

/** RFC 7766. One connection for one question. */
export function askOverTcp({
  server,
  question,
  timeoutMs,
  signal,
  onIgnored,
}: Asking): Promise<ServerAnswer> {
  const { promise, resolve } = Promise.withResolvers<ServerAnswer>();
  const socket = connect({ host: server.host, port: server.port, noDelay: true });
  let received: Buffer = Buffer.alloc(0);
  let caseFolded = false;
  const end = (answer: ServerAnswer) => {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    socket.destroy();
    resolve(answer);
  };
  const giveUp = () => end({ kind: 'timeout', caseFolded });
  // Over the whole exchange: a server that trickles octets is as gone as a silent one.
  const timer = setTimeout(giveUp, timeoutMs);
  signal.addEventListener('abort', giveUp, { once: true });

  socket.on('error', (cause) => end({ kind: 'unreachable', cause }));
  socket.on('close', () =>
    end({ kind: 'unreachable', cause: new Error('The server closed the connection.') }),
  );
  socket.on('connect', () => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(question.bytes.length);
    socket.write(Buffer.concat([length, question.bytes]));
  });
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    // RFC 1035 §4.2.2: two octets of length before each message.
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const size = received.readUInt16BE(0);
      const belief = judgePacket(received.subarray(2, 2 + size), question);
      received = received.subarray(2 + size);
      // Over TCP the far end is the server itself; the case of its letters proves nothing more.
      if (belief.kind === 'believed') return end({ kind: 'packet', packet: belief.packet });
      if (belief.kind === 'case-folded') caseFolded = true;
      onIgnored();
    }
  });
  return promise;
}
