// xtext (RFC 3461 §4): how ENVID, ORCPT and our own MAIL parameters travel. Pure.
import type { Parsed } from './parsed.ts';

/** Encodes UTF-8 text; "+" and "=" and everything outside "!" to "~" become +XX. */
export function encodeXtext(text: string): string {
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const isPlain = byte >= 0x21 && byte <= 0x7e && byte !== 0x2b && byte !== 0x3d;
    encoded += isPlain
      ? String.fromCharCode(byte)
      : `+${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** Decodes; refuses a "+" without two upper-case hex digits behind it. */
export function decodeXtext(text: string): Parsed<string> {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) {
    return { ok: false, problem: 'Not valid xtext (RFC 3461 section 4).' };
  }
  const bytes = text.replaceAll(/\+([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { ok: true, value: Buffer.from(bytes, 'latin1').toString('utf8') };
}
