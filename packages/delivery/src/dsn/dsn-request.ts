// What a delivery status notification is made from, and what comes out.
import type { Envelope, SmtpReply } from '@restante/mail-model';

export type DsnKind = 'failed' | 'delayed' | 'delivered' | 'relayed';

export interface DsnRecipient {
  readonly address: string;
  /** ORCPT as type and decoded address. */
  readonly originalRecipient?: string;
  /** The last thing that was said about this recipient. */
  readonly reply: SmtpReply;
  /** Who said it. */
  readonly remoteMta?: string;
  readonly lastAttemptMs: number;
  readonly willRetryUntilMs?: number;
}

export interface DsnRequest {
  readonly kind: DsnKind;
  /** Becomes Message-ID and boundary: letters, digits and "-". */
  readonly messageId: string;
  readonly reportingMta: string;
  /** The sender of the message this is about. */
  readonly to: string;
  readonly envelopeId?: string;
  readonly arrivalMs: number;
  readonly nowMs: number;
  readonly recipients: readonly DsnRecipient[];
  readonly originalHeader: Buffer;
  /** The whole message, when RET=FULL and it is not too large to be sent back (RFC 3461 §4.3). */
  readonly originalMessage?: Buffer;
  /** The original came with SMTPUTF8. */
  readonly smtpUtf8?: boolean;
}

export interface Dsn {
  readonly envelope: Envelope;
  readonly bytes: Buffer;
}
