// Names of mailboxes on the wire: modified UTF-7 (RFC 3501 §5.1.3), or UTF-8 once the client enabled it (RFC 6855 §3, RFC 9051 §5.1).
//
// Promise: decode(encode(name)) is the name; what is not the one canonical encoding is refused, so that no folder has two names.
// Inside the server a name is Unicode in NFC, "/" between levels, INBOX in capitals.

const plainText = /^[\x20-\x25\x27-\x7e]*$/;

/** From the bytes on the wire (one character a byte); undefined when they are not a name. */
export function decodeMailboxName(
  wire: string,
  { isUtf8 }: { readonly isUtf8: boolean },
): string | undefined {
  const name = isUtf8 ? decodeUtf8(wire) : decodeModifiedUtf7(wire);
  return name === undefined ? undefined : canonicalName(name);
}

/** INBOX is the same in any case (RFC 3501 §5.1), also as the parent of others. */
export function canonicalName(name: string): string {
  const composed = name.normalize('NFC');
  return /^inbox(?=\/|$)/i.test(composed) ? `INBOX${composed.slice(5)}` : composed;
}

/** To the bytes on the wire, one character a byte. */
export function encodeMailboxName(name: string, { isUtf8 }: { readonly isUtf8: boolean }): string {
  return isUtf8 ? utf8Bytes(name) : encodeModifiedUtf7(name);
}

/** UTF-8 as a string with one character a byte, which is what the responder writes. */
export function utf8Bytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

export function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined when the bytes are not UTF-8. */
export function decodeUtf8(wire: string): string | undefined {
  if (isAscii(wire)) return wire;
  try {
    return utf8.decode(Buffer.from(wire, 'latin1'));
  } catch {
    // What came is not UTF-8; that is an answer, not a failure.
    return undefined;
  }
}

export function decodeModifiedUtf7(wire: string): string | undefined {
  if (plainText.test(wire)) return wire;
  let name = '';
  for (let at = 0; at < wire.length;) {
    const shift = wire.indexOf('&', at);
    const plain = wire.slice(at, shift < 0 ? wire.length : shift);
    // Some clients write UTF-8 here; it means the same to everybody.
    if (!plainText.test(plain)) return isAscii(plain) ? undefined : decodeUtf8(wire);
    name += plain;
    if (shift < 0) return name;
    const end = wire.indexOf('-', shift);
    if (end < 0) return undefined;
    if (end === shift + 1) name += '&';
    else {
      const shifted = decodeShifted(wire.slice(shift + 1, end));
      if (shifted === undefined) return undefined;
      name += shifted;
      // RFC 3501 §5.1.3: two shifts in a row are superfluous; "&-" behind one is a plain "&".
      if (wire[end + 1] === '&' && wire[end + 2] !== '-') return undefined;
    }
    at = end + 1;
  }
  return name;
}

function decodeShifted(text: string): string | undefined {
  if (!/^[A-Za-z0-9+,]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text.replaceAll(',', '/'), 'base64');
  if (bytes.length === 0 || bytes.length % 2 !== 0) return undefined;
  const decoded = bytes.swap16().toString('utf16le');
  // Printable ASCII stands for itself, halves of a pair for nothing; and only one spelling is right.
  if (/[\x20-\x7e]/.test(decoded) || !decoded.isWellFormed()) return undefined;
  return shifted(decoded) === `&${text}-` ? decoded : undefined;
}

export function encodeModifiedUtf7(name: string): string {
  if (plainText.test(name)) return name;
  return name.replaceAll(/&|[^\x20-\x7e]+/g, (part) => (part === '&' ? '&-' : shifted(part)));
}

function shifted(text: string): string {
  const base64 = Buffer.from(text, 'utf16le').swap16().toString('base64');
  return `&${base64.replace(/=+$/, '').replaceAll('/', ',')}-`;
}
