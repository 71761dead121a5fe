// Where the mail of an address lies, below the root of the store. Pure.
//
// Promise: whatever the address, the path stays inside the root, and two addresses never share one, not even on a file
// system that folds case or Unicode forms. Plain names stay readable: mail/example.test/ana/Maildir.
//
// Everything but [a-z0-9_.+=~-] is written as %XX per byte, and so is a leading dot: "..", "/", NUL, capitals of a
// case-sensitive domain and non-ASCII names are harmless. A name too long for a directory becomes %h and its SHA-256;
// "h" is no hexadecimal digit, so no encoded name looks like that.
import { createHash } from 'node:crypto';
import { join } from 'node:path';

const nameMaxBytes = 200;
const plain = /^[a-z0-9_+=~-][a-z0-9_.+=~-]*$/;

/** One path component for any text. */
export function safeName(text: string): string {
  if (plain.test(text) && text.length <= nameMaxBytes) return text;
  let name = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte);
    const isPlain = /[a-z0-9_.+=~-]/.test(character) && !(character === '.' && name === '');
    name += isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  if (name === '') return '%h';
  return name.length <= nameMaxBytes
    ? name
    : `%h${createHash('sha256').update(text).digest('hex')}`;
}

/** The components below the root: "mail", domain, local part, "Maildir". */
export function mailboxComponents({
  local,
  domain,
}: {
  readonly local: string;
  readonly domain: string;
}): readonly string[] {
  return ['mail', safeName(domain), safeName(local), 'Maildir'];
}

/** The whole path of the inbox. */
export function mailboxPath(
  root: string,
  address: { readonly local: string; readonly domain: string },
): string {
  return join(root, ...mailboxComponents(address));
}
