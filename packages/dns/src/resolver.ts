// Asks DNS. The only door to it: nobody else opens a socket to port 53 or calls node:dns.
//
// Promises
// - resolve() answers in the shapes of node:dns.promises, with names in lower case, or throws a DnsError whose code is
//   one of node's (ENOTFOUND, ENODATA, ESERVFAIL, ETIMEOUT, EREFUSED ...), so libraries that expect node understand it.
// - Every question ends within the resolver's own limits, over UDP and over TCP alike.
// - "There is nothing" (ENOTFOUND, ENODATA) is never said for "I could not find out": law 7 depends on it.
// - Answers to questions that were not asked are not believed (RFC 5452): source, port, id, question and case are compared,
//   and records outside the question's own alias chain are ignored.
// - What is returned is the caller's own copy; changing it changes nobody else's answer.
export interface Resolver extends AsyncDisposable {
  resolve<T extends RecordType>(name: string, type: T): Promise<NodeShape<T>>;
  /** With time to live and the AD bit. `records` is empty never: nothing there is ENODATA. */
  resolveDetailed<T extends RecordType>(name: string, type: T): Promise<DnsAnswer<T>>;
  /** Names of an address (PTR); as node:dns.promises.reverse. */
  reverse(address: string): Promise<string[]>;
  /**
   * Addresses of a host, IPv6 and IPv4, aliases followed. An address is its own answer. Throws only when neither family
   * has an address: with "could not find out" if that is so for one of them.
   */
  lookup(host: string): Promise<readonly HostAddress[]>;
  /** Forgets everything remembered. */
  flush(): void;
  readonly stats: ResolverStats;
  /** Ends open questions with ECANCELLED and closes every socket. */
  stop(): Promise<void>;
}

export interface HostAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface DnsAnswer<T extends RecordType> {
  readonly records: RecordOf[T][];
  /** Least time to live on the way to the answer, as it was when it came. */
  readonly ttlSeconds: number;
  /** The server says it validated the answer (AD). Worth as much as the server and the way to it: loopback only. */
  readonly isAuthenticated: boolean;
  /** The name the records stand at: the end of the alias chain. */
  readonly canonicalName: string;
}

export interface ResolverStats {
  readonly questions: number;
  readonly cacheHits: number;
  readonly sent: number;
  readonly timeouts: number;
  readonly overTcp: number;
  /** Packets that came and were not believed. */
  readonly ignored: number;
  readonly cached: number;
}

export type RecordType = keyof RecordOf;

/** One record of a type. */
export interface RecordOf {
  A: string;
  AAAA: string;
  MX: { priority: number; exchange: string };
  TXT: string[];
  PTR: string;
  CNAME: string;
  NS: string;
  SRV: { priority: number; weight: number; port: number; name: string };
  SOA: {
    nsname: string;
    hostmaster: string;
    serial: number;
    refresh: number;
    retry: number;
    expire: number;
    minttl: number;
  };
  TLSA: { certUsage: number; selector: number; match: number; data: ArrayBuffer };
  CAA: {
    critical: number;
    issue?: string;
    issuewild?: string;
    iodef?: string;
    contactemail?: string;
    contactphone?: string;
  };
}

/** What node:dns.promises.resolve() gives: a list, but one object for SOA. */
export type NodeShape<T extends RecordType> = T extends 'SOA' ? RecordOf['SOA'] : RecordOf[T][];
