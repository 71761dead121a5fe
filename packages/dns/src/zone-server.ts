// A small name server with its zone in memory, over UDP and TCP at the same port. For the quickstart, drills and tests,
// where the demo domains need MX records that the real DNS does not have.
//
// It answers for every name in the world from its zone: what is not there does not exist. Not for the internet.
import { Packet } from 'dns2';
import type { Packet as DnsPacket } from 'dns2';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { recordFields, typeCodes } from './codec.ts';
import { listenOnBoth } from './listen-on-both.ts';
import type { RecordOf, RecordType } from './resolver.ts';

/** Records of one name. */
export type ZoneNode = { readonly [T in RecordType]?: readonly RecordOf[T][] };

/** Name -> records; "*.example" stands for every name below that is not there itself. */
export type Zone = Readonly<Record<string, ZoneNode>>;

export interface ZoneServerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly zone: Zone;
  readonly ttlSeconds?: number;
  /** Says of every answer that it was validated (AD), as a resolver that checks signatures does. */
  readonly isValidated?: boolean;
  /** SERVFAIL for these names, as such a resolver says to forged answers. */
  readonly failing?: readonly string[];
}

export interface ZoneServer extends AsyncDisposable {
  /** host:port. */
  readonly address: string;
  readonly port: number;
  /** Questions so far. */
  readonly questions: number;
  /** Answers from another zone from now on. */
  setZone(zone: Zone): void;
  close(): Promise<void>;
}

const chainMax = 16;

export async function startZoneServer({
  host = '127.0.0.1',
  port = 0,
  zone,
  ttlSeconds = 60,
  isValidated = false,
  failing = [],
}: ZoneServerOptions): Promise<ZoneServer> {
  let names = normalised(zone);
  let questions = 0;
  const sockets = new Set<Socket>();
  const handle = (request: DnsPacket, send: (response: DnsPacket) => Promise<unknown>) => {
    questions += 1;
    // Over TCP there is no promise; over UDP a client that is gone is no news.
    const response = answer(request, names, ttlSeconds);
    if (isValidated) (response.header as { ad?: number }).ad = 1;
    if (failing.includes(request.questions[0]?.name.toLowerCase() ?? '')) {
      response.header.rcode = Packet.RCODE.SERVFAIL;
      response.answers = [];
    }
    Promise.resolve(send(response)).catch(ignore);
  };

  const { udp, tcp, port: bound } = await listenOnBoth(host, port);
  udp.on('request', handle);
  tcp.on('request', handle);
  udp.on('requestError', ignore);
  tcp.on('requestError', ignore);
  tcp.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  const close = async () => {
    const closed = Promise.all([once(udp, 'close'), once(tcp, 'close')]);
    udp.close();
    tcp.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    address: host.includes(':') ? `[${host}]:${bound}` : `${host}:${bound}`,
    port: bound,
    get questions() {
      return questions;
    },
    setZone(next) {
      names = normalised(next);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Names = ReadonlyMap<string, ZoneNode>;

function answer(request: DnsPacket, names: Names, ttlSeconds: number): DnsPacket {
  const [question] = request.questions;
  const response = Packet.createResponseFromRequest(request);
  response.header.aa = 1;
  response.header.ra = 1;
  if (!question || request.questions.length !== 1 || request.header.opcode !== 0) {
    response.header.rcode = Packet.RCODE.FORMERR;
    return response;
  }
  const type = (Object.keys(typeCodes) as RecordType[]).find(
    (each) => typeCodes[each] === question.type,
  );
  const add = <T extends RecordType>(name: string, kind: T, value: RecordOf[T]) => {
    response.answers.push(
      new Packet.Resource({
        name,
        type: typeCodes[kind],
        class: Packet.CLASS.IN,
        ttl: ttlSeconds,
        ...recordFields(kind, value),
      }),
    );
  };

  let name = question.name.toLowerCase();
  let node = nodeOf(name, names);
  for (
    let hops = 0;
    hops < chainMax && type !== 'CNAME' && node?.CNAME?.[0] !== undefined;
    hops += 1
  ) {
    add(name, 'CNAME', node.CNAME[0]);
    name = node.CNAME[0].toLowerCase();
    node = nodeOf(name, names);
  }
  for (const value of (type && node?.[type]) ?? []) add(name, type as RecordType, value);
  if (!node && !hasBelow(name, names)) response.header.rcode = Packet.RCODE.NXDOMAIN;
  const isEmpty = response.answers.every(
    (each) => each.type === typeCodes.CNAME && type !== 'CNAME',
  );
  if (isEmpty) response.authorities.push(soa(ttlSeconds));
  return response;
}

function nodeOf(name: string, names: Names): ZoneNode | undefined {
  const exact = names.get(name);
  if (exact) return exact;
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const wildcard = names.get(`*${name.slice(dot)}`);
    if (wildcard) return wildcard;
  }
  return undefined;
}

/** A name with names below it exists, even without records of its own (RFC 8020). */
function hasBelow(name: string, names: Names): boolean {
  return [...names.keys()].some((each) => each.endsWith(`.${name}`));
}

/** RFC 2308 §3: says how long "nothing there" may be remembered. */
function soa(ttlSeconds: number) {
  const fields = recordFields('SOA', {
    nsname: 'ns.invalid',
    hostmaster: 'hostmaster.invalid',
    serial: 1,
    refresh: 3600,
    retry: 600,
    expire: 86_400,
    minttl: ttlSeconds,
  });
  return new Packet.Resource({
    name: '',
    type: typeCodes.SOA,
    class: Packet.CLASS.IN,
    ttl: ttlSeconds,
    ...fields,
  });
}

function normalised(zone: Zone): Names {
  return new Map(
    Object.entries(zone).map(([name, node]) => [name.toLowerCase().replace(/\.$/, ''), node]),
  );
}

/** A packet that is no question deserves no answer. */
function ignore(): void {}
