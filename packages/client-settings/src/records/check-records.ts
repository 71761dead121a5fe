// Asks DNS which of the records are there. "I could not find out" is never "it is missing" (RFC 2308).
import { DnsError } from '@restante/dns';
import type { RecordOf, RecordType, Resolver } from '@restante/dns';
import type { DnsRecord } from './dns-record.ts';
import { sameTags, sameTarget, spfCovers } from './compare-records.ts';

export type RecordFinding =
  | { readonly record: DnsRecord; readonly state: 'there' }
  | { readonly record: DnsRecord; readonly state: 'missing' }
  /** Something else stands there. */
  | { readonly record: DnsRecord; readonly state: 'differs'; readonly found: readonly string[] }
  | { readonly record: DnsRecord; readonly state: 'unknown'; readonly why: string };

type Asking = Pick<Resolver, 'resolve' | 'reverse' | 'lookup' | 'resolveDetailed'>;

/** In the order of the records. */
export async function checkRecords(
  records: readonly DnsRecord[],
  resolver: Asking,
): Promise<readonly RecordFinding[]> {
  return Promise.all(
    records.map(async (record): Promise<RecordFinding> => {
      try {
        const found = await look(record, resolver);
        if (found === 'there') return { record, state: 'there' };
        return found.length === 0
          ? { record, state: 'missing' }
          : { record, state: 'differs', found };
      } catch (cause) {
        if (!(cause instanceof DnsError)) throw cause;
        return { record, state: 'unknown', why: cause.message };
      }
    }),
  );
}

/** "there", or what stands there instead. */
async function look(record: DnsRecord, resolver: Asking): Promise<'there' | readonly string[]> {
  switch (record.type) {
    case 'A':
    case 'AAAA': {
      const found = await all(resolver, record.name, record.type);
      const { address } = record;
      const isThere = address === undefined ? found.length > 0 : found.includes(address);
      return isThere ? 'there' : found;
    }
    case 'MX': {
      const found = await all(resolver, record.name, 'MX');
      const isThere = found.some(
        ({ priority, exchange }) =>
          priority === record.priority && sameTarget(exchange, record.exchange),
      );
      return isThere ? 'there' : found.map((mx) => `${mx.priority} ${mx.exchange}`);
    }
    case 'TXT':
      return text(record, (await all(resolver, record.name, 'TXT')).map(joined));
    case 'CNAME':
      return alias(record, resolver);
    case 'SRV': {
      const found = await all(resolver, record.name, 'SRV');
      const isThere = found.some(
        ({ priority, port, name }) =>
          priority === record.priority && port === record.port && sameTarget(name, record.target),
      );
      return isThere
        ? 'there'
        : found.map((srv) => `${srv.priority} ${srv.weight} ${srv.port} ${srv.name}`);
    }
    case 'CAA': {
      const found = await all(resolver, record.name, 'CAA');
      if (found.some((caa) => caa[record.tag] === record.value)) return 'there';
      return found.map((caa) => caa.issue ?? caa.issuewild ?? caa.iodef ?? '');
    }
    case 'PTR': {
      const found = await orNone(resolver.reverse(record.name));
      return found.some((name) => sameTarget(name, record.target)) ? 'there' : found;
    }
  }
}

/** A name may hold other people's texts; only those of the same kind ("v=spf1 ...") can differ. */
function text(
  { text: wanted }: DnsRecord & { readonly type: 'TXT' },
  texts: readonly string[],
): 'there' | readonly string[] {
  const kind = /^v=[^;\s]+/i.exec(wanted)?.[0].toLowerCase();
  const found = texts.filter((each) => kind === undefined || each.toLowerCase().startsWith(kind));
  const [only] = found;
  // RFC 7208 §4.5, RFC 8461 §3.1: two of a kind count as none.
  if (only === undefined || found.length > 1) return found;
  const isThere = kind === 'v=spf1' ? spfCovers(only, wanted) : sameTags(only, wanted);
  return isThere ? 'there' : found;
}

/** An alias to the host, or the host's own addresses: programs do not care. */
async function alias(
  { name, target }: DnsRecord & { readonly type: 'CNAME' },
  resolver: Asking,
): Promise<'there' | readonly string[]> {
  const found = await all(resolver, name, 'CNAME');
  if (found.some((each) => sameTarget(each, target))) return 'there';
  const [here, there] = [await addresses(resolver, name), await addresses(resolver, target)];
  if (here.length > 0 && here.every((address) => there.includes(address))) return 'there';
  return found.length > 0 ? found : here;
}

async function addresses(resolver: Asking, host: string): Promise<readonly string[]> {
  return (await orNone(resolver.lookup(host))).map(({ address }) => address);
}

async function all<T extends Exclude<RecordType, 'SOA'>>(
  resolver: Asking,
  name: string,
  type: T,
): Promise<readonly RecordOf[T][]> {
  return orNone(resolver.resolveDetailed(name, type).then(({ records }) => records));
}

async function orNone<T>(question: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await question;
  } catch (cause) {
    if (cause instanceof DnsError && (cause.code === 'ENOTFOUND' || cause.code === 'ENODATA'))
      return [];
    throw cause;
  }
}

function joined(pieces: readonly string[]): string {
  return pieces.join('');
}
