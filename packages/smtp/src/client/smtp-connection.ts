// One connection to one next hop, SMTP or LMTP (RFC 5321, RFC 2033), many messages one after the other.
//
// Promises
// - Bytes are relayed verbatim; dots are stuffed, nothing else changes (DKIM survives). A body with a bare CR or LF is
//   refused with 5.6.0 before a byte of it is sent, so that nobody is smuggled through us.
// - Every phase has its own timeout (RFC 5321 §4.5.3.2); all of them end as a result or an SmtpConnectionError with the phase.
// - Envelope commands are pipelined when offered (RFC 2920); bodies go by BDAT when CHUNKING is offered (RFC 3030).
// - Results are per recipient. When the connection dies after the last body byte and before the reply, the fate is unknown and says so.
import type { X509Certificate } from 'node:crypto';
import type { Envelope, SmtpReply } from '@restante/mail-model';

export type SmtpPhase =
  | 'connect'
  | 'greeting'
  | 'hello'
  | 'starttls'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'body'
  | 'end-of-data'
  | 'quit';

export interface SmtpTarget {
  /** Name for people, SNI and certificate checks. */
  readonly host: string;
  /** IP address to connect to. */
  readonly address: string;
  readonly port: number;
  readonly protocol: 'smtp' | 'lmtp';
  /** What we say in EHLO or LHLO. */
  readonly helo: string;
  readonly localAddress?: string;
  readonly tls: TlsPolicy;
  /**
   * How many messages may be under way on one connection when PIPELINING is offered; when absent 2, or 1 to a server that
   * is near. With DATA the second one's envelope travels with the first one's body; with CHUNKING whole messages follow
   * each other. When the connection breaks, the fate of all of them may be unknown: more than 2 only for peers that know
   * a message when they see it again.
   */
  readonly inFlightMax?: number;
  /**
   * It writes small replies at once (TCP_NODELAY), as our own sites do: with CHUNKING a body may go right behind its envelope
   * however near it is. Others get that only when they are so far away that a round trip is worth more than a delayed ACK.
   */
  readonly answersAtOnce?: boolean;
  /** XCLIENT attributes, sent once after EHLO when offered: the session then speaks for that client. */
  readonly xclient?: ReadonlyMap<string, string>;
  readonly timeouts?: Partial<SmtpTimeouts>;
}

export interface TlsPolicy {
  /** none: never; opportunistic: when offered, unverified, clear text again when the handshake fails; required: no TLS, no mail. */
  readonly mode: 'none' | 'opportunistic' | 'required';
  /** With mode "required": the certificate must chain to `ca` (or the system's roots) and name `serverName`. */
  readonly verify?: boolean;
  readonly ca?: string;
  readonly serverName?: string;
  /**
   * Instead of the rules above (MTA-STS, DANE): looks at what the server showed, before anything but EHLO and STARTTLS was said
   * to it. Undefined: it is whom we want; otherwise why not, and the session ends with SMTP_TLS_FAILED.
   */
  readonly judgePeer?: (shown: ShownCertificates) => Error | undefined;
  /** Our own certificate, for mTLS between peers. */
  readonly key?: string;
  readonly cert?: string;
}

/** What a server showed in the handshake. */
export interface ShownCertificates {
  /** Its own first, then each one's issuer as far as there is one. */
  readonly chain: readonly X509Certificate[];
  /** Chains to a root we trust and is within its time; says nothing about names. */
  readonly isTrusted: boolean;
  /** When it is not: why, in OpenSSL's words. */
  readonly problem?: string;
}

/** Milliseconds; defaults from RFC 5321 §4.5.3.2, shorter for peers. */
export interface SmtpTimeouts {
  readonly connectMs: number;
  readonly greetingMs: number;
  readonly helloMs: number;
  readonly mailMs: number;
  readonly rcptMs: number;
  readonly dataMs: number;
  readonly bodyMs: number;
  readonly endOfDataMs: number;
}

/** EHLO keyword in upper case -> its parameters. */
export type Capabilities = ReadonlyMap<string, string>;

export interface Transaction {
  /** Only these recipients are named; the rest of the envelope as it stands. */
  readonly envelope: Envelope;
  readonly body: TransactionBody;
  /** Further MAIL parameters, sent when the keyword of the same name was offered, for example XRESTANTE. */
  readonly mailParameters?: ReadonlyMap<string, string>;
  /** XFORWARD attributes (NAME, ADDR, PROTO, HELO ...), sent when offered. */
  readonly xforward?: ReadonlyMap<string, string>;
}

export type TransactionBody =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'stream'; readonly sizeBytes: number; open(): AsyncIterable<Buffer> };

export interface RecipientResult {
  readonly recipient: string;
  /** What the server said about this recipient in the end; for a lost connection a 4xx in our words. */
  readonly reply: SmtpReply;
  readonly phase: SmtpPhase;
  /** "answered": the server's own words; "lost": the connection ended; "ours": refused here, nothing was sent. */
  readonly by: 'answered' | 'lost' | 'ours';
}

export interface TransactionResult {
  readonly recipients: readonly RecipientResult[];
  /** From MAIL to the last reply; what the pace governor looks at. */
  readonly durationMs: number;
}

export interface SmtpConnection {
  readonly target: SmtpTarget;
  readonly capabilities: Capabilities;
  readonly greeting: SmtpReply;
  /** "TLSv1.3 ..." when encrypted. */
  readonly tls?: string;
  /** False after a failure or 421: open another one. */
  readonly isUsable: boolean;
  /** Resolves when the socket is closed, by whomever. */
  readonly closed: Promise<void>;
  readonly messagesSent: number;
  /** Messages and commands that wait for their last reply. */
  readonly inFlight: number;
  /** How many of them make sense here; more may be given and wait. */
  readonly inFlightMax: number;
  /** How long nothing has been under way. */
  readonly idleMs: number;
  /**
   * One message. Never throws for what the network or the server does. May be called while others are under way: they
   * take their turns in the order of the calls.
   */
  send(transaction: Transaction): Promise<TransactionResult>;
  /** MAIL FROM:<> and RCPT, then RSET: does this recipient exist? For probes. */
  tryRecipient(recipient: string): Promise<SmtpReply>;
  /** RSET, to find out whether an idle connection still lives. */
  isAlive(): Promise<boolean>;
  command(line: string): Promise<SmtpReply>;
  /** QUIT, and waits shortly for the answer. */
  close(): Promise<void>;
  /** At once. */
  destroy(): void;
}

/** Thrown by connectSmtp(): no usable session came to be. */
export interface SmtpConnectFailure {
  readonly phase: SmtpPhase;
  /** The server's words when it said any. */
  readonly reply?: SmtpReply;
}

export type ConnectSmtp = (
  target: SmtpTarget,
  options?: { readonly signal?: AbortSignal },
) => Promise<SmtpConnection>;
