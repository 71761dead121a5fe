// What mail programs and other servers may know of a domain: which hosts do what for it. No secrets, no people.
//
// It holds the same for every address of the domain, so no answer made from it tells who exists.
export type ServiceName = 'submission' | 'submissions' | 'imap' | 'imaps' | 'pop3' | 'pop3s';

export interface ServingSite {
  /** Public host name. */
  readonly hostname: string;
  /** Ports as the world sees them; absent: that service is not offered there for this domain. */
  readonly ports: { readonly [S in ServiceName]?: number };
  /** Public addresses, when known. */
  readonly addresses?: readonly string[];
}

export interface ServedDomain {
  readonly name: string;
  /** The home first, then the backups in their order. */
  readonly sites: readonly [ServingSite, ...ServingSite[]];
}

/** One way to a service, as a program would be told. */
export interface Service {
  readonly name: ServiceName;
  readonly kind: 'imap' | 'pop3' | 'smtp';
  readonly host: string;
  readonly port: number;
  /** "tls" from the first byte (RFC 8314 §3: preferred), or "starttls". */
  readonly security: 'tls' | 'starttls';
}

const kinds = {
  imaps: { kind: 'imap', security: 'tls' },
  imap: { kind: 'imap', security: 'starttls' },
  pop3s: { kind: 'pop3', security: 'tls' },
  pop3: { kind: 'pop3', security: 'starttls' },
  submissions: { kind: 'smtp', security: 'tls' },
  submission: { kind: 'smtp', security: 'starttls' },
} as const satisfies Record<ServiceName, Pick<Service, 'kind' | 'security'>>;

const preferred = Object.keys(kinds) as readonly ServiceName[];

/** Best first: TLS from the first byte before STARTTLS (RFC 8314 §4.1), the home before the backups. */
export function servicesOf(domain: ServedDomain, kind: Service['kind']): readonly Service[] {
  return preferred
    .filter((name) => kinds[name].kind === kind)
    .flatMap((name) =>
      domain.sites.flatMap(({ hostname, ports }) => {
        const port = ports[name];
        return port === undefined ? [] : [{ name, ...kinds[name], host: hostname, port }];
      }),
    );
}
