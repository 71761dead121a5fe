// Between packets (dns2) and records in node's shapes. Pure.
//
// dns2 keeps a table of types it knows; TLSA is added to it here, its octets pass through as they are (RFC 3597).
import { Packet } from 'dns2';
import type { Resource } from 'dns2';
import { hostInAnswer, nameInAnswer } from './dns-name.ts';
import type { RecordOf, RecordType } from './resolver.ts';

const tlsaCode = 52;
(Packet.TYPE as Record<string, number>)['TLSA'] = tlsaCode;
Packet.TYPE_NAME[tlsaCode] = 'TLSA';

export const typeCodes: Readonly<Record<RecordType, number>> = {
  A: Packet.TYPE.A,
  AAAA: Packet.TYPE.AAAA,
  MX: Packet.TYPE.MX,
  TXT: Packet.TYPE.TXT,
  PTR: Packet.TYPE.PTR,
  CNAME: Packet.TYPE.CNAME,
  NS: Packet.TYPE.NS,
  SRV: Packet.TYPE.SRV,
  SOA: Packet.TYPE.SOA,
  TLSA: tlsaCode,
  CAA: Packet.TYPE.CAA,
};

type Reader<T> = (record: Resource) => T | undefined;

/** One record, or undefined when what is in it cannot be meant. */
const readers: { readonly [T in RecordType]: Reader<RecordOf[T]> } = {
  A: ({ address }) => address,
  AAAA: ({ address }) => address,
  MX: ({ priority = 0, exchange = '' }) => {
    // RFC 7505: an exchange of "." says that the domain takes no mail.
    const host = exchange === '' ? '' : hostInAnswer(exchange);
    return host === undefined ? undefined : { priority, exchange: host };
  },
  TXT: ({ data }) => (Array.isArray(data) ? data : undefined),
  PTR: ({ domain = '' }) => nameInAnswer(domain),
  CNAME: ({ domain = '' }) => nameInAnswer(domain),
  NS: ({ ns = '' }) => hostInAnswer(ns),
  SRV: ({ priority = 0, weight = 0, port = 0, target = '' }) => {
    const name = target === '' ? '' : hostInAnswer(target);
    return name === undefined ? undefined : { priority, weight, port, name };
  },
  SOA: (record) => ({
    nsname: record.primary?.toLowerCase() ?? '',
    hostmaster: record.admin?.toLowerCase() ?? '',
    serial: record.serial ?? 0,
    refresh: record.refresh ?? 0,
    retry: record.retry ?? 0,
    expire: Number(record.expiration ?? 0),
    minttl: record.minimum ?? 0,
  }),
  TLSA: ({ data }) => {
    // RFC 6698 §2.1: three octets, then at least one of association data.
    if (!Buffer.isBuffer(data) || data.length < 4) return undefined;
    const [certUsage = 0, selector = 0, match = 0] = data;
    return { certUsage, selector, match, data: Uint8Array.from(data.subarray(3)).buffer };
  },
  CAA: ({ flags = 0, tag = '', value = '' }) =>
    /^[A-Za-z0-9]+$/.test(tag) ? { critical: flags & 0x80, [tag.toLowerCase()]: value } : undefined,
};

export function readRecord<T extends RecordType>(
  type: T,
  record: Resource,
): RecordOf[T] | undefined {
  return readers[type](record);
}

/** What dns2 wants to write for a record; the inverse of readRecord. */
export function recordFields<T extends RecordType>(type: T, value: RecordOf[T]): Partial<Resource> {
  return (writers[type] as (value: RecordOf[T]) => Partial<Resource>)(value);
}

const writers: { readonly [T in RecordType]: (value: RecordOf[T]) => Partial<Resource> } = {
  A: (address) => ({ address }),
  AAAA: (address) => ({ address }),
  MX: ({ priority, exchange }) => ({ priority, exchange }),
  TXT: (data) => ({ data }),
  PTR: (domain) => ({ domain }),
  CNAME: (domain) => ({ domain }),
  NS: (ns) => ({ ns }),
  SRV: ({ priority, weight, port, name }) => ({ priority, weight, port, target: name }),
  SOA: ({ nsname, hostmaster, serial, refresh, retry, expire, minttl }) => ({
    primary: nsname,
    admin: hostmaster,
    serial,
    refresh,
    retry,
    expiration: expire,
    minimum: minttl,
  }),
  TLSA: ({ certUsage, selector, match, data }) => ({
    data: Buffer.concat([Buffer.from([certUsage, selector, match]), Buffer.from(data)]),
  }),
  CAA: ({ critical, ...properties }) => {
    const [tag = '', value = ''] = Object.entries(properties)[0] ?? [];
    return { flags: critical, tag, value };
  },
};
