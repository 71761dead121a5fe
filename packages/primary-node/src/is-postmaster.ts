// Is this the address of the office of postmaster, as the list at RCPT reads it (recipients/src/local-key.ts)? Any case, quoted
// or not, with or without a tag: what was taken for postmaster at RCPT must find somebody here (RFC 5321 §4.5.1). Pure.
import { localPartOf } from '@restante/mail-model';

const office = 'postmaster';

export function isPostmaster(address: string, tagSeparator: string): boolean {
  const written = localPartOf(address);
  const isQuoted = written.length > 1 && written.startsWith('"') && written.endsWith('"');
  const local = (
    isQuoted ? written.slice(1, -1).replaceAll(/\\(.)/g, '$1') : written
  ).toLowerCase();
  return local === office || (tagSeparator !== '' && local.startsWith(office + tagSeparator));
}
