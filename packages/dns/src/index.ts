// The public face of @restante/dns.
export type { ResolverOptions } from './create-resolver.ts';
export { createResolver } from './create-resolver.ts';
export { parseDnsName } from './dns-name.ts';
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
export type { Zone, ZoneNode, ZoneServer, ZoneServerOptions } from './zone-server.ts';
export { startZoneServer } from './zone-server.ts';
