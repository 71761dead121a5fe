// What a message says about itself, read once and kept: addresses, parts, the words in it. The port of this package.
//
// Promises of everything here
// - Linear in the size of the input, whatever it is: a hundred thousand addresses, a megabyte of one header, a thousand nested
//   parts (depth and number are bounded; what lies beyond is one opaque part).
// - Never throws for what somebody sent; damaged mail is read as far as it can be.
// - Positions are byte offsets into the message as it is stored (CRLF), so a part can be read without the rest.
// - Texts are Unicode: raw ones too ("=?..?=" still in them) are to be written as UTF-8. They are one line: no CR, LF or NUL. Bytes that
//   were no UTF-8 were read by a guess.

/**
 * One mailbox or the borders of a group, as RFC 3501 §7.4.2 wants them. Texts are decoded (RFC 2047), the wire form is kept beside.
 * A mailbox without a domain (or the other way round) has '' there: undefined is for groups.
 */
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
  /** Those of From when the message has none; likewise replyTo. */
  readonly sender: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly bcc: readonly MailAddress[];
  readonly inReplyTo?: string;
  readonly messageId?: string;
  /** Message ids ("<a@b>") of References, or the first of In-Reply-To without one, oldest first (RFC 5256 §3). */
  readonly references: readonly string[];
}

/** One node of BODYSTRUCTURE (RFC 3501 §7.4.2); type and subtype as they stand, defaults filled in (RFC 2045 §5.2): text has a charset. */
export interface MessagePart {
  readonly type: string;
  readonly subtype: string;
  /** Names in lower case, values as they stand, unquoted; parameterText() reads them as a person does (RFC 2231). */
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
  /** Children of a multipart, at least one; for message/rfc822 the one inside. Empty for everything else. */
  readonly parts: readonly MessagePart[];
  /** Of the message inside a message/rfc822 (or message/global): there for every one of them, and only there. */
  readonly envelope?: Envelope;
}

export interface ReadMessage {
  readonly envelope: Envelope;
  readonly structure: MessagePart;
  /** Milliseconds of the Date header; undefined when there is none that can be understood. */
  readonly sentAtMs?: number;
  /** Of the Date header, east of UTC: the day it names is that of sentAtMs + zone (RFC 3501 §6.4.4, SENTON). */
  readonly sentZoneMinutes?: number;
  readonly hasAttachment: boolean;
}
