// Who a message is from and for, on the wire (RFC 5321 §2.3.1). The header of the message is another matter.

/** DSN conditions a sender may ask for, per recipient (RFC 3461 §4.1). */
export type NotifyOn = 'never' | 'success' | 'failure' | 'delay';

/** What the sender wants back of the message in a failure report (RFC 3461 §4.3). */
export type DsnReturn = 'full' | 'headers';

export interface EnvelopeRecipient {
  /** Address without angle brackets; the domain is a lower-case A-label, the local part as it was given. */
  readonly address: string;
  /** Absent when the sender did not say: then failures and delays are reported (RFC 3461 §4.1). */
  readonly notify?: readonly NotifyOn[];
  /** ORCPT as type and decoded address, for example "rfc822;ana@example.test" (RFC 3461 §4.2). */
  readonly originalRecipient?: string;
}

export interface Envelope {
  /** Address of the sender; the empty string is the null reverse-path "<>" (RFC 5321 §4.5.5). */
  readonly sender: string;
  readonly recipients: readonly EnvelopeRecipient[];
  /** How the body was declared (RFC 6152, RFC 3030). */
  readonly body: '7bit' | '8bitmime' | 'binarymime';
  /** The addresses or the header may hold UTF-8 (RFC 6531). */
  readonly smtpUtf8: boolean;
  readonly dsnReturn?: DsnReturn;
  /** ENVID, decoded (RFC 3461 §4.4). */
  readonly envelopeId?: string;
  /** The sender wants TLS all the way (RFC 8689). */
  readonly requireTls?: boolean;
}
