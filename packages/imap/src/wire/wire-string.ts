// Strings as they go out: quoted where that is allowed, a literal otherwise (RFC 3501 §4.3, §9). One character a byte in and out.

/** Longer ones are literals, so that a client need not look for the closing quote. */
const quotedMax = 1_000;
// RFC 3501 §9: TEXT-CHAR without CR and LF; eight-bit only where the client wants UTF-8 (RFC 6855 §3).
const quotable = /^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/;
const quotableUtf8 = /^[\x01-\x09\x0b\x0c\x0e-\xff]*$/;

export interface StringRules {
  /** UTF8=ACCEPT or IMAP4rev2 is enabled. */
  readonly isUtf8: boolean;
}

export function formatString(text: string, { isUtf8 }: StringRules): string {
  const isQuotable = text.length <= quotedMax && (isUtf8 ? quotableUtf8 : quotable).test(text);
  if (!isQuotable) return `{${text.length}}\r\n${text}`;
  return /["\\]/.test(text) ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : `"${text}"`;
}

export function formatNstring(text: string | undefined, rules: StringRules): string {
  return text === undefined ? 'NIL' : formatString(text, rules);
}

/** An atom when it is one, else a string (RFC 3501 §9: astring). */
export function formatAstring(text: string, rules: StringRules): string {
  const isAtom = /^[!#$&'+\-./0-9:;<=>?@A-Z[^_`a-z|}~\]]+$/.test(text) && !/^nil$/i.test(text);
  return isAtom ? text : formatString(text, rules);
}
