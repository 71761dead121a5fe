// The SMTP edge: strangers and peers connect here. smtp-server on the wire, our subclass around it.
import type { SecureContextOptions } from 'node:tls';
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { EdgeHost } from './edge-host.ts';

export interface EdgeTls {
  /** PEM. Shown to strangers and, when `clusterCa` is set, asked of peers. */
  readonly key: string;
  readonly cert: string;
  /**
   * What less would not do: ciphers, curves ... For doors of people, whose programs are known to be able to; a stranger's server that
   * is refused its old cipher sends in clear text instead. Default: Node's, from TLS 1.2 on.
   */
  readonly floor?: Pick<
    SecureContextOptions,
    'minVersion' | 'ciphers' | 'honorCipherOrder' | 'ecdhCurve' | 'secureOptions'
  >;
  /**
   * PEM of the cluster's CA. A client certificate is asked for, never demanded; one that chains to it makes a peer. Where a login is
   * required none is asked for: some mail programs trouble a person with it.
   */
  readonly clusterCa?: string;
  /** Subject common name of a verified client certificate -> the site's name, or undefined for "not one of us". */
  readonly peerOf?: (commonName: string) => string | undefined;
}

export interface EdgeLimits {
  readonly messageMaxBytes: number;
  readonly headerMaxBytes: number;
  /** Text lines above 998 are tolerated up to this (RFC 5321 §4.5.3.1.6). */
  readonly lineMaxBytes: number;
  readonly recipientsMax: number;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  /** Idle time before 421 (RFC 5321 §4.5.3.2.7: at least 5 minutes). */
  readonly idleTimeoutMs: number;
  /** A whole session, however busy. */
  readonly sessionMaxMs: number;
  /** One DATA from 354 to its end. */
  readonly dataMaxMs: number;
  /** Wrong commands before 421. */
  readonly badCommandsMax: number;
}

export interface EdgeOptions {
  readonly name: string;
  /** Host name for greeting and EHLO. */
  readonly hostname: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls?: EdgeTls;
  readonly limits: EdgeLimits;
  readonly host: EdgeHost;
  /** TLS from the first byte (RFC 8314 §3.3); needs `tls`. */
  readonly isTlsFromStart?: boolean;
  /** Default: true when the host has credentialsFor(). */
  readonly offersAuth?: boolean;
  /** RFC 6409 §4.3: MAIL is answered 530 5.7.0 before AUTH. */
  readonly requiresAuth?: boolean;
  /** Passwords only travel inside TLS. "loopback": also in clear text from this machine. Default "never". */
  readonly clearTextLogins?: 'never' | 'loopback';
  readonly onEvent: EventSink;
  readonly clock: Clock;
}

export interface Edge {
  readonly port: number;
  readonly sessions: number;
  /** New certificate for new sessions. */
  setTls(tls: EdgeTls): void;
  /** Refuses new sessions, lets running transactions end until the deadline, then 421. */
  stop(deadlineMs: number): Promise<void>;
}

export type CreateEdge = (options: EdgeOptions) => Promise<Edge>;
