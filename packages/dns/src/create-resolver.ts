// The resolver: cache, joining of equal questions, aliases, and node's shapes around createServerAsker().
import { isIP } from 'node:net';
import type { Clock } from '@restante/runtime';
import { splitHostPort } from '@restante/config';
import { createAnswerCache } from './answer-cache.ts';
import type { Server } from './ask-server.ts';
import { createServerAsker } from './ask-servers.ts';
import { parseDnsName, reverseName } from './dns-name.ts';
import { DnsError } from './errors.ts';
import { createSystemServers } from './resolv-conf.ts';
import type {
  DnsAnswer,
  HostAddress,
  NodeShape,
  RecordOf,
  RecordType,
  Resolver,
} from './resolver.ts';
import { createSlots } from './slots.ts';

export interface ResolverOptions {
  /** "host:port", asked in this order; none: those of /etc/resolv.conf. */
  readonly servers?: readonly string[];
  readonly clock: Clock;
  /** Patience with one packet at first; doubles with every round. Default 2 s. */
  readonly timeoutMs?: number;
  /** Further rounds through the servers when nobody answered. Default 2. */
  readonly retries?: number;
  /** A question ends after this time, whatever happens. Default 15 s. */
  readonly deadlineMs?: number;
  /** Answers that are remembered. Default 10,000. */
  readonly cacheMax?: number;
  /** Default one hour. */
  readonly ttlMaxSeconds?: number;
  /** Default fifteen minutes. */
  readonly negativeTtlMaxSeconds?: number;
  /** Questions on the wire at the same time; more of them wait. Default 256. */
  readonly concurrencyMax?: number;
  /** Ask for signatures (DO) as well. AD is always asked for. */
  readonly wantsDnssec?: boolean;
}

const aliasHopsMax = 8;

export function createResolver(options: ResolverOptions): Resolver {
  const { clock, deadlineMs = 15_000, concurrencyMax = 256 } = options;
  const tally = { questions: 0, cacheHits: 0, sent: 0, timeouts: 0, overTcp: 0, ignored: 0 };
  const servers = (options.servers ?? []).map(toServer);
  const askServers = createServerAsker({
    servers: servers.length > 0 ? () => servers : createSystemServers(() => clock.monotonicMs()),
    timeoutMs: options.timeoutMs ?? 2000,
    retries: options.retries ?? 2,
    wantsDnssec: options.wantsDnssec ?? false,
    tally,
  });
  const cache = createAnswerCache({
    max: options.cacheMax ?? 10_000,
    ttlMaxSeconds: options.ttlMaxSeconds ?? 3600,
    negativeTtlMaxSeconds: options.negativeTtlMaxSeconds ?? 900,
    nowMs: () => clock.monotonicMs(),
  });
  const open = new Map<string, Promise<DnsAnswer<RecordType>>>();
  const slots = createSlots(concurrencyMax);
  const running = new Set<AbortController>();
  let isStopped = false;

  /** Follows aliases that leave a packet; the shortest time to live on the way counts. */
  async function ask<T extends RecordType>(name: string, type: T): Promise<DnsAnswer<T>> {
    const key = `${type} ${name}`;
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), deadlineMs);
    if (isStopped) ending.abort();
    running.add(ending);
    let current = name;
    let ttlSeconds = Infinity;
    let isAuthenticated = true;
    try {
      for (let hops = 0; hops < aliasHopsMax; hops += 1) {
        const found = await askServers({ name: current, type, signal: ending.signal });
        const { finding } = found;
        isAuthenticated &&= found.isAuthenticated;
        if (finding.kind === 'failure')
          throw failed(isStopped ? 'ECANCELLED' : finding.code, name, type);
        ttlSeconds = Math.min(ttlSeconds, finding.ttlSeconds);
        if (finding.kind === 'nothing') {
          cache.set(key, { kind: 'nothing', code: finding.code }, ttlSeconds);
          throw failed(finding.code, name, type);
        }
        if (finding.kind === 'records') {
          const answer = {
            records: finding.records,
            ttlSeconds,
            isAuthenticated,
            canonicalName: finding.name,
          };
          cache.set(key, { kind: 'records', answer }, ttlSeconds);
          return answer;
        }
        current = finding.name;
      }
      throw failed('EBADRESP', name, type);
    } finally {
      clearTimeout(timer);
      running.delete(ending);
    }
  }

  async function resolveDetailed<T extends RecordType>(
    asked: string,
    type: T,
  ): Promise<DnsAnswer<T>> {
    const name = parseDnsName(asked);
    if (!name.ok)
      throw new DnsError('EBADNAME', { hostname: asked, type }, { cause: name.problem });
    if (isStopped) throw failed('ECANCELLED', asked, type);
    const local = localAnswer(name.value, type);
    if (local) return local;
    tally.questions += 1;
    const key = `${type} ${name.value}`;
    const remembered = cache.get(key);
    if (remembered) {
      tally.cacheHits += 1;
      if (remembered.kind === 'nothing') throw failed(remembered.code, asked, type);
      // The key holds the type, so the answer is of it.
      return copyOf(remembered.answer) as DnsAnswer<T>;
    }
    let asking = open.get(key);
    if (!asking) {
      asking = slots.run(() => ask(name.value, type));
      open.set(key, asking);
      const forget = () => open.delete(key);
      asking.then(forget, forget);
    }
    return copyOf(await asking) as DnsAnswer<T>;
  }

  async function resolve<T extends RecordType>(name: string, type: T): Promise<NodeShape<T>> {
    const { records } = await resolveDetailed(name, type);
    return (type === 'SOA' ? records[0] : records) as NodeShape<T>;
  }

  const stop = async () => {
    isStopped = true;
    for (const ending of running) ending.abort();
    await Promise.allSettled(open.values());
  };

  return {
    resolve,
    resolveDetailed,
    async reverse(address) {
      const name = reverseName(address);
      if (name === undefined) throw failed('EBADNAME', address, 'PTR');
      return resolve(name, 'PTR');
    },
    lookup: (host) => lookup(host, resolve),
    flush: () => cache.clear(),
    get stats() {
      return { ...tally, cached: cache.size };
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function lookup(host: string, resolve: Resolver['resolve']): Promise<readonly HostAddress[]> {
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  const version = isIP(bare);
  if (version === 4 || version === 6) return [{ address: bare, family: version }];
  const [six, four] = await Promise.allSettled([resolve(host, 'AAAA'), resolve(host, 'A')]);
  const found: HostAddress[] = [
    ...(six.status === 'fulfilled'
      ? six.value.map((address) => ({ address, family: 6 as const }))
      : []),
    ...(four.status === 'fulfilled'
      ? four.value.map((address) => ({ address, family: 4 as const }))
      : []),
  ];
  if (found.length > 0) return found;
  const failures = [four, six].flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  throw (
    failures.find((failure) => failure instanceof DnsError && failure.isTransient) ?? failures[0]
  );
}

/** RFC 6761 §6.3: localhost is here, whatever a server may say. */
function localAnswer<T extends RecordType>(name: string, type: T): DnsAnswer<T> | undefined {
  if (name !== 'localhost' && !name.endsWith('.localhost')) return undefined;
  if (type !== 'A' && type !== 'AAAA') throw failed('ENODATA', name, type);
  const records = [type === 'A' ? '127.0.0.1' : '::1'] as DnsAnswer<T>['records'];
  return { records, ttlSeconds: 3600, isAuthenticated: false, canonicalName: name };
}

/** The caller's own: many are asked for every message, and a general clone costs twenty times as much. */
function copyOf(answer: DnsAnswer<RecordType>): DnsAnswer<RecordType> {
  return { ...answer, records: answer.records.map(copyOfRecord) };
}

type AnyRecord = RecordOf[RecordType];

function copyOfRecord(record: AnyRecord): AnyRecord {
  if (typeof record === 'string') return record;
  if (Array.isArray(record)) return [...record];
  return 'data' in record ? { ...record, data: record.data.slice(0) } : { ...record };
}

function failed(code: DnsError['code'], hostname: string, type: RecordType): DnsError {
  return new DnsError(code, { hostname, type });
}

function toServer(address: string): Server {
  const version = isIP(address);
  if (version !== 0) return { host: address, port: 53 };
  const server = splitHostPort(address);
  if (!server || isIP(server.host) === 0)
    throw new TypeError(`A name server is an address with a port, not ${JSON.stringify(address)}.`);
  return server;
}
