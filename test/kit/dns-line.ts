// The way to a name server, over UDP and TCP, with everything that happens on it: questions lost in silence, servers that fail, answers
// cut to their head so that they must be asked for over TCP, and forged ones that come first. Each for the names a test says.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type DnsFate =
  | 'answered'
  | 'lost'
  /** SERVFAIL, as a resolver says to what it could not validate. */
  | 'fails'
  /** Over UDP: only the head, with TC (RFC 1035 §4.2.1). */
  | 'cut'
  /** Over UDP: before the true answer come others, which do not fit the question. */
  | 'forged';

export interface DnsLine extends AsyncDisposable {
  /** host:port, for dns_servers. */
  readonly address: string;
  /** What becomes of a question about this name, lower case. */
  fateOf: (name: string) => DnsFate;
  /** How many questions had a fate other than to be answered. */
  readonly troubled: number;
}

export async function startDnsLine(to: string): Promise<DnsLine> {
  const colon = to.lastIndexOf(':');
  const far = { host: to.slice(0, colon), port: Number(to.slice(colon + 1)) };
  const state = { fateOf: (_name: string): DnsFate => 'answered', troubled: 0 };
  const fate = (question: Buffer): DnsFate => {
    const decided = state.fateOf(nameIn(question));
    if (decided !== 'answered') state.troubled += 1;
    return decided;
  };
  const sockets = new Set<Socket>();
  const asking = new Set<ReturnType<typeof createSocket>>();

  const tcp = createServer((near) => {
    sockets.add(near.on('error', () => undefined));
    near.on('close', () => sockets.delete(near));
    const up = connect(far).on('error', () => near.destroy());
    near.on('data', (chunk: Buffer) => {
      // One question at a time, whole: that is how the sites ask.
      const decided = fate(chunk.subarray(2));
      if (decided === 'fails') near.write(withLength(answerWith(chunk.subarray(2), servfail)));
      else if (decided !== 'lost') up.write(chunk);
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
    const decided = fate(question);
    const say = (answer: Buffer) => udp.send(answer, from.port, from.address);
    if (decided === 'lost') return;
    if (decided === 'fails') return say(answerWith(question, servfail));
    if (decided === 'cut') return say(answerWith(question, truncated));
    if (decided === 'forged') for (const forgery of forgeriesOf(question)) say(forgery);
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
    get fateOf() {
      return state.fateOf;
    },
    set fateOf(next) {
      state.fateOf = next;
    },
    get troubled() {
      return state.troubled;
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

// RFC 1035 §4.1.1: an answer, to which recursion was available; TC, or RCODE 2.
const truncated = 0x8280;
const servfail = 0x8182;

/** The question, given back with other flags and nothing else. */
function answerWith(question: Buffer, flags: number): Buffer {
  const end = 12 + nameIn(question).length + 2 + 4;
  const answer = Buffer.from(question.subarray(0, end));
  answer.writeUInt16BE(flags, 2);
  answer.fill(0, 6, 12);
  return answer;
}

function withLength(answer: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(answer.length);
  return Buffer.concat([length, answer]);
}

/** NXDOMAIN under another number, and for another name: what somebody says who could not see the question (RFC 5452 §9.1). */
function forgeriesOf(question: Buffer): readonly Buffer[] {
  const nxdomain = 0x8183;
  const otherNumber = answerWith(question, nxdomain);
  otherNumber.writeUInt16BE((question.readUInt16BE(0) + 1) % 65_536, 0);
  const otherName = answerWith(question, nxdomain);
  otherName[13] = otherName[13] === 0x7a ? 0x79 : 0x7a;
  return [otherNumber, otherName, Buffer.from('no DNS at all')];
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
