// Tag lists (RFC 6376 §3.2): signatures, seals and key records are written as "name=value; name=value".
//
// Strict: a name twice, a part without "=", a control character, an empty part in the middle spoil the whole list. Linear.

export interface Tag {
  /** Without the blanks around it; folds inside are as they stand. */
  readonly value: string;
  /** What stands between "=" and ";" in the text. */
  readonly start: number;
  readonly end: number;
}

export type Tags = ReadonlyMap<string, Tag>;

/** Undefined: it is no tag list. Bytes as Latin-1; UTF-8 may stand in values (RFC 8616). */
export function parseTagList(text: string, from = 0): Tags | undefined {
  const tags = new Map<string, Tag>();
  for (let start = from; start < text.length;) {
    const semicolon = text.indexOf(';', start);
    const end = semicolon < 0 ? text.length : semicolon;
    const part = text.slice(start, end);
    const equals = part.indexOf('=');
    const name = trimFolds(equals < 0 ? part : part.slice(0, equals));
    // Only the last part may be empty: the list ended with ";".
    if (equals < 0 && name === '' && semicolon < 0 && tags.size > 0) break;
    if (equals < 0 || !tagName.test(name) || tags.has(name)) return undefined;
    const value = trimFolds(part.slice(equals + 1));
    if (notInValue.test(value)) return undefined;
    tags.set(name, { value, start: start + equals + 1, end });
    start = end + 1;
  }
  return tags.size > 0 ? tags : undefined;
}

const tagName = /^[A-Za-z][A-Za-z0-9_]*$/;
/** Controls, and CR or LF that fold nothing. */
const notInValue = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n[ \t])|(?<!\r)\n/;

/** Blanks and folds at both ends. */
function trimFolds(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isFold(text.charCodeAt(start))) start += 1;
  while (end > start && isFold(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isFold(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

/** A list inside a value, "a : b : c"; folds around the colons do not count. */
export function colonList(value: string): readonly string[] {
  return value.split(':').map(trimFolds);
}

/** A value without any blanks: base64 and names may be folded anywhere. */
export function withoutFolds(value: string): string {
  return /[ \t\r\n]/.test(value) ? value.replaceAll(/[ \t\r\n]+/g, '') : value;
}

/** Undefined: it is not base64, or bits are set that no encoder sets. Missing "=" at the end are forgiven. */
export function decodeBase64(value: string): Buffer | undefined {
  const text = withoutFolds(value);
  const bytes = Buffer.from(text, 'base64');
  const again = bytes.toString('base64');
  if (text !== '' && (text === again || text === again.replace(/=+$/, ''))) return bytes;
  return undefined;
}
