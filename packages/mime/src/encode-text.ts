// Text into header fields, so that nothing in it can become another field, another recipient or a broken line (RFC 2047, RFC 5322).

const asciiText = /^[\x20-\x7e]*$/;
/** RFC 2047 §2: an encoded word has at most 75 characters; 45 bytes are 60 in base64, and "=?utf-8?B??=" around them. */
const wordBytesMax = 45;

/** For unstructured fields (Subject): as it is when it is plain ASCII, else encoded words, separated by spaces where it may be folded. */
export function encodeText(text: string): string {
  const clean = withoutControls(text);
  if (asciiText.test(clean) && !clean.includes('=?')) return clean;
  const words: string[] = [];
  let piece = '';
  let size = 0;
  const flush = () => {
    if (piece !== '') words.push(`=?utf-8?B?${Buffer.from(piece).toString('base64')}?=`);
    piece = '';
    size = 0;
  };
  // RFC 2047 §5: no character is cut in two.
  for (const char of clean) {
    const bytes = Buffer.byteLength(char);
    if (size + bytes > wordBytesMax) flush();
    piece += char;
    size += bytes;
  }
  flush();
  return words.join(' ');
}

/** A display name (RFC 5322 §3.2.5, phrase): atoms, else a quoted string, else encoded words. */
export function encodePhrase(text: string): string {
  const clean = withoutControls(text).trim();
  if (/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*$/.test(clean) && !clean.includes('=?')) return clean;
  if (asciiText.test(clean) && !clean.includes('=?')) {
    return `"${clean.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  }
  return encodeText(clean);
}

/** `Ana Example <ana@example.test>`. The address is one that was checked before; what cannot stand in one is left out of it. */
export function formatMailbox({
  name,
  address,
}: {
  readonly name?: string;
  readonly address: string;
}): string {
  const clean = withoutControls(address).replaceAll(/[<>\s]/g, '');
  if (name !== undefined && name.trim() !== '') return `${encodePhrase(name)} <${clean}>`;
  // In angle brackets no comma makes two of it.
  return /[,;:()"\\[\]]/.test(clean) ? `<${clean}>` : clean;
}

/** One whole field, folded where it has spaces (RFC 5322 §2.1.1), ended by CRLF. The name is ours; of the value no line end survives. */
export function fieldLine(name: string, value: string): string {
  if (!/^[!-9;-~]+$/.test(name)) throw new RangeError(`Not the name of a header field: ${name}`);
  let line = `${name}:`;
  let out = '';
  for (const word of withoutControls(value).split(' ')) {
    if (
      line.length + 1 + word.length > 76 &&
      line.trim() !== '' &&
      word !== '' &&
      line !== `${name}:`
    ) {
      out += `${line}\r\n`;
      line = '';
    }
    line += ` ${word}`;
  }
  return `${out}${line.trimEnd()}\r\n`;
}

/** CR, LF, NUL and their kind become spaces: header injection ends here. */
function withoutControls(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ');
}
