// Quoted-printable (RFC 2045 §6.7): text that survives every mail server, lines of at most 76 octets.
const lineMax = 76;

/** Line ends in the input are CRLF or LF; the output has CRLF and ends with one. */
export function encodeQuotedPrintable(bytes: Buffer): string {
  const text = bytes.toString('latin1').replace(/\r?\n$/, '');
  return text
    .split(/\r?\n/)
    .map((line) => `${encodeLine(line)}\r\n`)
    .join('');
}

function encodeLine(line: string): string {
  let encoded = '';
  let width = 0;
  for (let index = 0; index < line.length; index += 1) {
    const piece = encodeOctet(line.charCodeAt(index), index === line.length - 1);
    // One column stays free for the soft line break.
    if (width + piece.length > lineMax - 1) {
      encoded += '=\r\n';
      width = 0;
    }
    encoded += piece;
    width += piece.length;
  }
  return encoded;
}

function encodeOctet(octet: number, isLast: boolean): string {
  const isBlank = octet === 0x20 || octet === 0x09;
  const isPlain = isBlank ? !isLast : octet > 0x20 && octet < 0x7f && octet !== 0x3d;
  return isPlain
    ? String.fromCharCode(octet)
    : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}
