// A name server that misbehaves as told. Built on the codec directly, so that it can send what no server should.
import { Packet } from 'dns2';
import type { Packet as DnsPacket } from 'dns2';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { listenOnBoth } from '../src/listen-on-both.ts';
import { setTimeout as pause } from 'node:timers/promises';

export interface Asked {
  readonly request: DnsPacket;
  readonly name: string;
  readonly transport: 'udp' | 'tcp';
  /** How many questions came before, over both transports. */
  readonly before: number;
  /** An empty answer to the question. */
  reply(change?: (packet: DnsPacket) => void): DnsPacket;
}

/** Packets or octets to send, in this order; none: silence. */
export type Behaviour = (
  asked: Asked,
) => readonly (DnsPacket | Buffer)[] | Promise<readonly (DnsPacket | Buffer)[]>;

export interface FaultyServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  readonly asked: readonly {
    readonly name: string;
    readonly transport: string;
    readonly sentName: string;
    readonly hasEdns: boolean;
  }[];
}

export async function startFaultyServer(behave: Behaviour): Promise<FaultyServer> {
  const asked: { name: string; transport: string; sentName: string; hasEdns: boolean }[] = [];
  const { udp, tcp, port } = await listenOnBoth('127.0.0.1', 0);
  const sockets = new Set<Socket>();
  let isClosed = false;
  tcp.on('connection', (socket: Socket) => sockets.add(socket));

  for (const [transport, server] of [
    ['udp', udp],
    ['tcp', tcp],
  ] as const) {
    const respond = async (request: DnsPacket, send: (packet: DnsPacket | Buffer) => unknown) => {
      const sentName = request.questions[0]?.name ?? '';
      const name = sentName.toLowerCase();
      const before = asked.length;
      asked.push({ name, transport, sentName, hasEdns: request.additionals.length > 0 });
      const reply = (change: (packet: DnsPacket) => void = () => undefined) => {
        const packet = Packet.createResponseFromRequest(request);
        change(packet);
        return packet;
      };
      const packets = await behave({ request, name, transport, before, reply });
      if (!isClosed) for (const packet of packets) send(packet);
    };
    server.on('request', (request, send) => void respond(request, send));
    server.on('requestError', () => undefined);
  }
  return {
    address: `127.0.0.1:${port}`,
    port,
    asked,
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const socket of sockets) socket.destroy();
      const closed = Promise.all([once(udp, 'close'), once(tcp, 'close')]);
      udp.close();
      tcp.close();
      await closed;
    },
  };
}

/** An address record for the question's name, or another one. */
export function address(
  asked: Pick<Asked, 'request'>,
  value: string,
  { name, ttl = 60 }: { readonly name?: string; readonly ttl?: number } = {},
) {
  return new Packet.Resource({
    name: name ?? asked.request.questions[0]?.name ?? '',
    type: Packet.TYPE.A,
    class: Packet.CLASS.IN,
    ttl,
    address: value,
  });
}

export function alias(name: string, domain: string, ttl = 60) {
  return new Packet.Resource({
    name,
    type: Packet.TYPE.CNAME,
    class: Packet.CLASS.IN,
    ttl,
    domain,
  });
}

export function soa(ttl: number, minimum: number) {
  return new Packet.Resource({
    name: 'example',
    type: Packet.TYPE.SOA,
    class: Packet.CLASS.IN,
    ttl,
    primary: 'ns.example',
    admin: 'h.example',
    serial: 1,
    refresh: 1,
    retry: 1,
    expiration: 1,
    minimum,
  });
}

/** Later than everybody's patience in these tests. */
export async function late<T>(value: T, delayMs: number): Promise<T> {
  await pause(delayMs);
  return value;
}
