// Where a message came from when it met the cluster for the first time: the stranger's real address, not our peer's.
// Law 5: the site that met the stranger judges it, and what it saw travels with the message.
export interface Origin {
  /** Name of our site that met the stranger. */
  readonly site: string;
  /** IP address of the client, or "local" for mail we make ourselves (DSNs). */
  readonly clientAddress: string;
  /** Name from verified reverse DNS; absent when unknown or not yet looked up. */
  readonly clientName?: string;
  /** What the client said in HELO, EHLO or LHLO. */
  readonly helo: string;
  /** Protocol for the "with" clause: SMTP, ESMTP, ESMTPS, ESMTPA, UTF8SMTPS ... (RFC 3848, RFC 6531). */
  readonly protocol: string;
  /** For example "TLSv1.3 TLS_AES_256_GCM_SHA384"; absent in clear text. */
  readonly tls?: string;
  /** Account that authenticated, for submission. */
  readonly account?: string;
  /** When the edge took responsibility; milliseconds since 1970, clock of that site. */
  readonly receivedAtMs: number;
}
