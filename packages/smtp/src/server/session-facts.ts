// What is known about a session, for the host and for our own verbs (the host sees it through EdgeSession).
import type { EdgeSession, PeerIdentity } from './edge-host.ts';

export interface SessionOrigin {
  readonly id: string;
  readonly listener: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  readonly openedAtMs: number;
}

export class SessionFacts implements EdgeSession {
  readonly id: string;
  readonly listener: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  readonly openedAtMs: number;
  readonly notes = new Map<string, unknown>();
  helo = '';
  /** True after EHLO: pipelining and the other extensions were offered. */
  isExtended = false;
  /** True while the message in hand was announced with SMTPUTF8. */
  isUtf8 = false;
  tls?: string;
  peer?: PeerIdentity;
  account?: string;
  /** RFC 9266: what SCRAM-SHA-256-PLUS binds to. */
  tlsExporter?: Buffer;
  refusedLogins = 0;

  constructor(origin: SessionOrigin) {
    this.id = origin.id;
    this.listener = origin.listener;
    this.remoteAddress = origin.remoteAddress;
    this.remotePort = origin.remotePort;
    this.localPort = origin.localPort;
    this.openedAtMs = origin.openedAtMs;
  }

  /** RFC 3848, RFC 6531 §4.3. There is no registered name for HELO under TLS. */
  get protocol(): string {
    if (!this.isExtended) return 'SMTP';
    return `${this.isUtf8 ? 'UTF8SMTP' : 'ESMTP'}${this.tls === undefined ? '' : 'S'}${this.account === undefined ? '' : 'A'}`;
  }
}
