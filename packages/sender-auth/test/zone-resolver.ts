// A resolver with its zone in memory, for tests that need no socket: node's shapes, node's failures, and what was asked.
import { DnsError, parseDnsName } from '@restante/dns';
import type { DnsFailureCode, NodeShape, RecordType, Resolver, Zone } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { createSpf } from '../src/index.ts';
import type { SpfAnswer, SpfOptions, SpfQuestion } from '../src/index.ts';
import { parseIpAddress } from '../src/spf/network.ts';

export interface ZoneResolver extends Pick<Resolver, 'resolve' | 'reverse'> {
  /** "NAME TYPE" of every question. */
  readonly asked: string[];
}

/** "NAME TYPE" or "NAME" (all types) -> the code of the failure; 'never': no answer at all. */
export type Faults = Readonly<Record<string, DnsFailureCode | 'never'>>;

export function zoneResolver(zone: Zone, faults: Faults = {}): ZoneResolver {
  const names = new Map(Object.entries(zone).map(([name, node]) => [name.toLowerCase(), node]));
  const asked: string[] = [];
  const resolve = async <T extends RecordType>(
    name: string,
    type: T,
    hops = 0,
  ): Promise<NodeShape<T>> => {
    const key = name.toLowerCase();
    asked.push(`${key} ${type}`);
    const fault = faults[`${key} ${type}`] ?? faults[key];
    if (fault === 'never') return new Promise(() => undefined);
    if (fault) throw new DnsError(fault, { hostname: name, type });
    const node = names.get(key);
    const [alias] = node?.CNAME ?? [];
    if (alias !== undefined && hops > 8) throw new DnsError('EBADRESP', { hostname: name, type });
    if (alias !== undefined) return resolve(alias, type, hops + 1);
    const records = node?.[type];
    if (records !== undefined && records.length > 0)
      return structuredClone(records) as unknown as NodeShape<T>;
    throw new DnsError(node ? 'ENODATA' : 'ENOTFOUND', { hostname: name, type });
  };
  return { asked, resolve, reverse: (address) => resolve(reverseNameOf(address), 'PTR') };
}

function reverseNameOf(text: string): string {
  const address = parseIpAddress(text);
  if (!address) throw new TypeError(`${text} is no address`);
  if (address.family === 4) return `${address.octets.toReversed().join('.')}.in-addr.arpa`;
  const digits = address.octets.flatMap((octet) => [octet >> 4, octet & 15]);
  return `${digits
    .toReversed()
    .map((digit) => digit.toString(16))
    .join('.')}.ip6.arpa`;
}

/** Only what the real resolver would ask for. */
export function strictly(resolver: ZoneResolver): ZoneResolver {
  return {
    ...resolver,
    async resolve(name, type) {
      const parsed = parseDnsName(name);
      if (!parsed.ok) throw new DnsError('EBADNAME', { hostname: name, type });
      return resolver.resolve(parsed.value, type);
    },
  };
}

export interface Case extends Partial<SpfQuestion> {
  readonly zone: Zone;
  readonly faults?: Faults;
  readonly options?: Partial<SpfOptions>;
}

/** One check in a zone of its own. By default ana@example.test comes from 192.0.2.1. */
export async function checkIn({
  zone,
  faults = {},
  options = {},
  ...question
}: Case): Promise<SpfAnswer & { readonly asked: readonly string[] }> {
  const resolver = zoneResolver(zone, faults);
  const spf = createSpf({
    resolver,
    hostname: 'mx.receiver.test',
    clock: systemClock,
    budgetMs: 20_000,
    ...options,
  });
  const answer = await spf.check({
    clientAddress: '192.0.2.1',
    helo: 'client.example.test',
    sender: 'ana@example.test',
    ...question,
  });
  return { ...answer, asked: resolver.asked };
}

/** A record at example.test, and whatever else. */
export function policy(record: string, others: Zone = {}): Zone {
  return { 'example.test': { TXT: [[record]] }, ...others };
}
