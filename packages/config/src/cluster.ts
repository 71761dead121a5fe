// The shape of the checked cluster file: who the sites are, whose domains they keep, and every package's section.
// One file describes the whole cluster; a node reads it plus its own site's name.
import type { Secret } from '@restante/runtime';

export interface SiteConfig {
  /** Short name: "shanghai". */
  readonly name: string;
  /** Public host name: what the MX names, the greeting and HELO say. */
  readonly hostname: string;
  /** IANA zone for nightly work. */
  readonly timezone: string;
  /** All state of the site's node. */
  readonly dir: string;
  readonly listen: SiteListen;
  /** Where other sites reach this one; host:port. */
  readonly public: { readonly smtp: string; readonly api: string };
  /** The password is there when it was fetched: for the site the file was loaded for, or for all when none was named. */
  readonly redis: { readonly url: string; readonly password?: Secret };
  /** PEM paths: what strangers see in STARTTLS; default: the site's cluster certificate. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** host:port; absent: that service does not run at this site. */
export interface SiteListen {
  readonly smtp: string;
  readonly smtpAlt?: string;
  /** Our own people: STARTTLS (587) and TLS from the first byte (465). */
  readonly submission?: string;
  readonly submissions?: string;
  readonly imap?: string;
  readonly imaps?: string;
  readonly pop3?: string;
  readonly pop3s?: string;
  /** The world by HTTP and HTTPS: ACME, settings for mail programs, MTA-STS policies. */
  readonly web?: string;
  readonly webTls?: string;
  /** Operators: /metrics, /healthz, /readyz, /v1. Loopback unless said otherwise. */
  readonly http: string;
  /** Peers: HTTPS with certificates of the cluster's CA. */
  readonly peerApi: string;
}

export interface DomainConfig {
  readonly name: string;
  /** Exactly one of `home` (a site) and `homeHost` (host:port of a plain SMTP host) is there. */
  readonly home?: string;
  readonly homeHost?: string;
  /** For `homeHost`: file with one address a line that its backup answers from. */
  readonly recipientsFile?: string;
  /** Sites that are backup MX of this domain. */
  readonly backups: readonly string[];
  readonly tagSeparator: string;
  readonly isCaseSensitive: boolean;
  readonly messageMaxBytes?: number;
}

export interface ClusterTopology {
  readonly name: string;
  /** Directory with ca.crt, and <site>.crt / <site>.key as `restante cluster init` wrote them. */
  readonly pkiDir: string;
  /** DNS servers, host:port; empty: those of /etc/resolv.conf. */
  readonly dnsServers: readonly string[];
  readonly sites: readonly SiteConfig[];
  readonly domains: readonly DomainConfig[];
}
