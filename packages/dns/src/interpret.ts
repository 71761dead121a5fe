// What a packet says about a question. Pure.
//
// Only records that hang on the question are read: those at the name itself or at the end of its chain of aliases
// (RFC 1034 §3.6.2). Whatever else a packet carries may be poison and is not looked at.
import { Packet } from 'dns2';
import type { Packet as DnsPacket, Resource } from 'dns2';
import { readRecord, typeCodes } from './codec.ts';
import { nameInAnswer } from './dns-name.ts';
import type { DnsFailureCode } from './errors.ts';
import type { RecordOf, RecordType } from './resolver.ts';

export type Finding<T extends RecordType> =
  | {
      readonly kind: 'records';
      readonly records: RecordOf[T][];
      readonly name: string;
      readonly ttlSeconds: number;
    }
  /** The chain of aliases leaves the packet: ask for this name. */
  | { readonly kind: 'alias'; readonly name: string; readonly ttlSeconds: number }
  | {
      readonly kind: 'nothing';
      readonly code: 'ENOTFOUND' | 'ENODATA';
      readonly ttlSeconds: number;
    }
  | { readonly kind: 'failure'; readonly code: DnsFailureCode };

const chainMax = 16;

export function interpret<T extends RecordType>(
  packet: DnsPacket,
  { name, type }: { readonly name: string; readonly type: T },
): Finding<T> {
  const { rcode } = packet.header;
  if (rcode !== Packet.RCODE.NOERROR && rcode !== Packet.RCODE.NXDOMAIN)
    return { kind: 'failure', code: failureOf(rcode) };
  // A record that could not be read may have been the one that matters.
  if (packet.errors.some(({ section }) => section !== 'additionals'))
    return { kind: 'failure', code: 'EBADRESP' };

  const chain = followAliases(packet.answers, name, type);
  if (!chain) return { kind: 'failure', code: 'EBADRESP' };
  const found = packet.answers.filter(
    (record) => isAt(record, chain.end) && record.type === typeCodes[type],
  );
  if (found.length > 0 && rcode === Packet.RCODE.NOERROR) {
    const records = found
      .map((record) => readRecord(type, record))
      .filter((record) => record !== undefined);
    // "All of it is nonsense" must not become "there is none", or mail would go to the wrong host.
    if (records.length === 0) return { kind: 'failure', code: 'EBADRESP' };
    const ttlSeconds = Math.min(chain.ttlSeconds, ...found.map(({ ttl }) => ttl));
    return { kind: 'records', records, name: chain.end, ttlSeconds };
  }

  const soa = packet.authorities.find(
    (record) => record.type === typeCodes.SOA && record.class === Packet.CLASS.IN,
  );
  // RFC 2308 §5: as long as the smaller of the SOA's two times; without an SOA it is not remembered at all.
  const ttlSeconds = soa ? Math.min(soa.ttl, soa.minimum ?? 0, chain.ttlSeconds) : 0;
  if (rcode === Packet.RCODE.NXDOMAIN) return { kind: 'nothing', code: 'ENOTFOUND', ttlSeconds };
  if (chain.end !== name && !soa)
    return { kind: 'alias', name: chain.end, ttlSeconds: chain.ttlSeconds };
  // A referral: this server does not resolve for us, and says nothing about the name.
  const isReferral =
    !soa &&
    packet.header.aa !== 1 &&
    packet.authorities.some((record) => record.type === typeCodes.NS);
  return isReferral
    ? { kind: 'failure', code: 'ESERVFAIL' }
    : { kind: 'nothing', code: 'ENODATA', ttlSeconds };
}

interface Chain {
  readonly end: string;
  readonly ttlSeconds: number;
}

/** Undefined for a loop, or an alias to something that is no name. */
function followAliases(
  answers: readonly Resource[],
  name: string,
  type: RecordType,
): Chain | undefined {
  let end = name;
  let ttlSeconds = Infinity;
  if (type === 'CNAME') return { end, ttlSeconds };
  for (let hops = 0; hops <= chainMax; hops += 1) {
    const alias = answers.find((record) => record.type === typeCodes.CNAME && isAt(record, end));
    if (!alias) return { end, ttlSeconds };
    const next = nameInAnswer(alias.domain ?? '');
    if (next === undefined) return undefined;
    end = next;
    ttlSeconds = Math.min(ttlSeconds, alias.ttl);
  }
  return undefined;
}

function isAt(record: Resource, name: string): boolean {
  return record.class === Packet.CLASS.IN && record.name.toLowerCase() === name;
}

function failureOf(rcode: number): DnsFailureCode {
  switch (rcode) {
    case Packet.RCODE.FORMERR:
      return 'EFORMERR';
    case Packet.RCODE.NOTIMP:
      return 'ENOTIMP';
    case Packet.RCODE.REFUSED:
      return 'EREFUSED';
    default:
      return 'ESERVFAIL';
  }
}
