// What a message says about itself, read once and kept: addresses, parts, the words in it. The port of this package.
//
// Promises of everything here
// - Linear in the size of the input, whatever it is: a hundred thousand addresses, a megabyte of one header, a thousand nested
//   parts (depth and number are bounded; what lies beyond is one opaque part).
// - Never throws for what somebody sent; damaged mail is read as far as it can be.
// - Positions are byte offsets into the message as it is stored (CRLF), so a part can be read without the rest.

/** One mailbox or the borders of a group, as RFC 3501 §7.4.2 wants them. Texts are decoded (RFC 2047), the wire form is kept beside. */
export interface MailAddress {
  /** Decoded display name; absent when there is none. */
  readonly name?: string;
  /** As it stands in the header, encoded words and all: what IMAP's ENVELOPE shows. */
  readonly rawName?: string;
  /** Local part; undefined ends a group. A group begins with its name here and no domain. */
  readonly mailbox?: string;
  readonly domain?: string;
}

/** RFC 3501 §7.4.2 ENVELOPE, and what threads and sorts hang on. */
export interface Envelope {
  readonly date?: string;
  /** As it stands, encoded. */
  readonly subject?: string;
  readonly from: readonly MailAddress[];
  readonly sender: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly bcc: readonly MailAddress[];
  readonly inReplyTo?: string;
  readonly messageId?: string;
  /** Message ids of References, or of In-Reply-To without one, oldest first (RFC 5256 §3). */
  readonly references: readonly string[];
}

/** One node of BODYSTRUCTURE (RFC 3501 §7.4.2); type and subtype as they stand, defaults filled in (RFC 2045 §5.2). */
export interface MessagePart {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly id?: string;
  readonly description?: string;
  /** Content-Transfer-Encoding, "7BIT" when absent. */
  readonly encoding: string;
  readonly md5?: string;
  readonly disposition?: {
    readonly type: string;
    readonly parameters: ReadonlyMap<string, string>;
  };
  readonly language: readonly string[];
  readonly location?: string;
  /** Where the part's own header begins and ends (with its empty line), and where its body ends. */
  readonly headerStart: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Lines of the body; for text and message/rfc822. */
  readonly lines: number;
  /** Children of a multipart; for message/rfc822 the one inside. */
  readonly parts: readonly MessagePart[];
  /** Of the message inside a message/rfc822. */
  readonly envelope?: Envelope;
}

export interface ReadMessage {
  readonly envelope: Envelope;
  readonly structure: MessagePart;
  /** Milliseconds of the Date header; undefined when there is none that can be understood. */
  readonly sentAtMs?: number;
  readonly hasAttachment: boolean;
}
