// What the edge asks the node. The edge speaks SMTP; the node decides. Every answer is a reply or "go on" (undefined); what is known at
// once need not be promised.
//
// Promises of the edge
// - Calls for one session come one at a time, in the order the client's commands came.
// - A call that throws or rejects is answered 451 and reported as message.not-accepted (law 7); nothing is lost by it.
// - closed() is called exactly once for every session judgeConnection() was asked about.
import type { KeyObject } from 'node:crypto';
import type { Envelope, EnvelopeRecipient, SmtpReply } from '@restante/mail-model';
import type { Credentials } from '@restante/sasl';
import type { Soon } from './when-known.ts';

/** The identity of a peer is its certificate, never its address (design §4.3). */
export interface PeerIdentity {
  readonly site: string;
  /** The public key of the certificate it showed, so that what it signed can be checked. */
  readonly publicKey?: KeyObject;
}

export interface EdgeSession {
  /** Unique per process; in every log line. */
  readonly id: string;
  /** Name of the listener: "smtp", "smtpAlt" ... */
  readonly listener: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  readonly openedAtMs: number;
  /** Empty before HELO. */
  readonly helo: string;
  /** For "with": SMTP, ESMTP, ESMTPS, UTF8SMTPS ... (RFC 3848). */
  readonly protocol: string;
  /** For example "TLSv1.3 TLS_AES_256_GCM_SHA384". */
  readonly tls?: string;
  /** Present once a certificate of the cluster's CA was shown in STARTTLS. */
  readonly peer?: PeerIdentity;
  /** Who logged in (AUTH); absent before, and after STARTTLS (RFC 3207 §4.2). */
  readonly account?: string;
  /** The node may keep its own things here for the life of the session. */
  readonly notes: Map<string, unknown>;
}

export interface MailCommand {
  readonly sender: string;
  readonly body: Envelope['body'];
  readonly smtpUtf8: boolean;
  readonly sizeBytes?: number;
  readonly dsnReturn?: Envelope['dsnReturn'];
  readonly envelopeId?: string;
  readonly requireTls?: boolean;
  /** Value of the XRESTANTE parameter, undecoded; only ever present from a peer (others get 555). */
  readonly hop?: string;
}

/** Where the bytes of one message go. Exactly one of commit() and abort() ends it. */
export interface MessageSink {
  /**
   * Body bytes, dots already unstuffed; every line of the whole ends in CRLF. Awaited: this is the back-pressure.
   * The chunk may be kept, it is not written to again.
   */
  write(chunk: Buffer): Promise<void> | void;
  /** The last byte has come. The reply leaves only when this resolves. */
  commit(): Promise<MessageAnswer>;
  /** Client gone, too large, bare CR or LF ... Never throws. */
  abort(why: string): Promise<void>;
}

export interface MessageAnswer {
  readonly reply: SmtpReply;
  /**
   * Called when the client has demonstrably read the reply: a command came in whose bytes arrived after the reply was
   * written. Pipelined commands that were here before do not count, a QUIT sent along with the final dot neither.
   */
  readonly onReplySeen?: () => void;
  /** Called when the session ended before that. Of the two exactly one is called, once. */
  readonly onReplyLost?: () => void;
}

export interface EdgeHost {
  /**
   * How people log in from there (RFC 4954). Without it AUTH is not offered. Asked once for every AUTH command, so that the host
   * can count tries against the address.
   */
  credentialsFor?(session: EdgeSession): Credentials;
  /** Before the greeting. A reply refuses: 421 or 554, other codes are sent as 421. */
  judgeConnection(session: EdgeSession): Soon<SmtpReply | undefined>;
  /**
   * True: this client is greeted at once. Others wait a tenth of a second, in which whoever cannot wait for a greeting gives himself
   * away (threat 3); for clients that are trusted it is only lost time. On listeners for people nobody waits.
   */
  greetsAtOnce?(session: EdgeSession): boolean;
  closed(session: EdgeSession): void;
  judgeSender(session: EdgeSession, mail: MailCommand): Soon<SmtpReply | undefined>;
  judgeRecipient(
    session: EdgeSession,
    asked: {
      readonly mail: MailCommand;
      readonly recipient: EnvelopeRecipient;
      readonly accepted: readonly EnvelopeRecipient[];
    },
  ): Soon<SmtpReply | undefined>;
  /** Before 354 or the first BDAT octet. A reply refuses the message (452 4.3.1 when the disk is full). */
  beginMessage(
    session: EdgeSession,
    asked: { readonly mail: MailCommand; readonly envelope: Envelope },
  ): Soon<MessageSink | SmtpReply>;
  /** ETRN (RFC 1985); only from a peer, others get 458 or 459 from the edge. */
  startDrain(session: EdgeSession, domain: string): Soon<SmtpReply>;
}
