// The way to a name server, over UDP and TCP, that loses what a test wants lost: all of it, one packet in so many, or questions
// about some names. What is lost is lost in silence, as on a real line.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface DnsLine extends AsyncDisposable {
  /** host:port, for dns_servers. */
  readonly address: string;
  /** True: a question about this name (lower case) gets no answer. */
  isLost: (name: string) => boolean;
  /** Questions that were lost. */
  readonly lost: number;
}

export async function startDnsLine(to: string): Promise<DnsLine> {
  const colon = to.lastIndexOf(':');
  const far = { host: to.slice(0, colon), port: Number(to.slice(colon + 1)) };
  const state = { isLost: (_name: string) => false, lost: 0 };
  const sockets = new Set<Socket>();
  const asking = new Set<ReturnType<typeof createSocket>>();

  const tcp = createServer((near) => {
    sockets.add(near.on('error', () => undefined));
    near.on('close', () => sockets.delete(near));
    const up = connect(far).on('error', () => near.destroy());
    near.on('data', (chunk: Buffer) => {
      // One question at a time, whole: that is how the sites ask.
      if (state.isLost(nameIn(chunk.subarray(2)))) state.lost += 1;
      else up.write(chunk);
    });
    up.pipe(near);
    near.on('close', () => up.destroy());
  }).listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const address = tcp.address();
  if (address === null || typeof address === 'string') throw new Error('The line has no port.');
  const udp = createSocket('udp4');
  udp.bind(address.port, '127.0.0.1');
  await once(udp, 'listening');
  udp.on('message', (question, from) => {
    if (state.isLost(nameIn(question))) {
      state.lost += 1;
      return;
    }
    const one = createSocket('udp4').on('error', () => undefined);
    asking.add(one);
    const end = () => {
      if (asking.delete(one)) one.close();
    };
    const timer = setTimeout(end, 5000).unref();
    one.once('message', (answer) => {
      clearTimeout(timer);
      udp.send(answer, from.port, from.address, end);
    });
    one.send(question, far.port, far.host);
  });

  return {
    address: `127.0.0.1:${address.port}`,
    get isLost() {
      return state.isLost;
    },
    set isLost(next) {
      state.isLost = next;
    },
    get lost() {
      return state.lost;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      for (const one of asking) one.close();
      asking.clear();
      udp.close();
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

/** RFC 1035 §4.1.2: the name of the first question. */
function nameIn(packet: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; at < packet.length;) {
    const length = packet[at] ?? 0;
    if (length === 0 || length > 63) break;
    labels.push(packet.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return labels.join('.').toLowerCase();
}
