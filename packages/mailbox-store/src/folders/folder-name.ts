// Names of folders: what is allowed, and the directory each has in Maildir++. Pure.
//
// "/" between levels outside, "." on disk, modified UTF-7 in each level. What Maildir++ cannot hold is escaped as
// Dovecot's listescape plugin does ("example.com" is "example\2ecom"), so a Dovecot with the plugin shows the same name, and
// one without shows the escape and is not disturbed.
//
// Promise: whatever the name, the directory is directly below the mailbox, and two names never share one.
import type { Parsed } from '@restante/mail-model';
import { decodeModifiedUtf7, encodeModifiedUtf7 } from './modified-utf7.ts';

export const inbox = 'INBOX';
/** Expunged mail until its grace period is over. */
export const recoverableFolder = 'Recoverable Items';

// Every file system we know takes 255 bytes for a name; a renamed parent may be longer.
const directoryMaxBytes = 240;
const nameMaxCharacters = 500;
const levelsMax = 30;

/** One spelling: NFC, INBOX in capitals; or why it cannot be a name. */
export function folderName(text: string): Parsed<string> {
  const name = text.normalize('NFC');
  if (name.toUpperCase() === inbox) return { ok: true, value: inbox };
  const problem = problemOf(name);
  return problem === undefined ? { ok: true, value: name } : { ok: false, problem };
}

function problemOf(name: string): string | undefined {
  if (name === '') return 'A folder needs a name.';
  if (!name.isWellFormed()) return 'The name is not valid Unicode.';
  if (name.length > nameMaxCharacters) return 'The name is too long.';
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) return 'A name cannot have control characters.';
  const levels = name.split('/');
  if (levels.length > levelsMax) return 'There are too many levels.';
  if (levels.some((level) => level === '')) return 'A level of the name is empty.';
  if (levels.some((level) => level === '.' || level === '..'))
    return 'A level cannot be "." or "..".';
  if (levels[0]?.toUpperCase() === inbox && levels[0] !== inbox)
    return 'Below the inbox the name begins with INBOX in capitals.';
  if (Buffer.byteLength(directoryOf(name)) > directoryMaxBytes) return 'The name is too long.';
  return undefined;
}

/** The directory of a folder, below the mailbox; empty for INBOX. */
export function directoryOf(name: string): string {
  if (name === inbox) return '';
  return `.${name.split('/').map(encodeLevel).join('.')}`;
}

/** The name of a directory; undefined when it is none that we or Dovecot would make for a folder. */
export function nameOfDirectory(directory: string): string | undefined {
  if (!directory.startsWith('.')) return undefined;
  const levels = directory.slice(1).split('.').map(decodeLevel);
  if (levels.some((level) => level === undefined || level === '')) return undefined;
  const name = folderName(levels.join('/'));
  if (!name.ok || name.value === inbox) return undefined;
  return directoryOf(name.value) === directory ? name.value : undefined;
}

/** The names above: "A/B/C" is in "A" and "A/B". */
export function parentsOf(name: string): readonly string[] {
  const levels = name.split('/');
  return levels.slice(1).map((_, index) => levels.slice(0, index + 1).join('/'));
}

function encodeLevel(level: string): string {
  // "\" only where it would be read as an escape, so that plain names with one stay as other programs made them.
  const escaped = level
    .replaceAll(/\\(?=[0-9a-f]{2})/g, '\\5c')
    .replaceAll('.', '\\2e')
    .replace(/^~/, '\\7e');
  return encodeModifiedUtf7(escaped);
}

function decodeLevel(level: string): string | undefined {
  return decodeModifiedUtf7(level)?.replaceAll(/\\(2e|2f|5c|7e)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
