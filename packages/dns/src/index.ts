// The public face of @restante/dns.
export type { DnsFailureCode } from './errors.ts';
export { DnsError, dnsFailures } from './errors.ts';
export type {
  DnsAnswer,
  HostAddress,
  NodeShape,
  RecordOf,
  RecordType,
  Resolver,
  ResolverStats,
} from './resolver.ts';
