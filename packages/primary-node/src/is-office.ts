// Is this the address of an office that every domain has, as the list at RCPT reads it (recipients/src/local-key.ts)? Any case, quoted
// or not, with or without a tag: what was taken for an office at RCPT must find somebody here. Pure.
import { localPartOf } from '@restante/mail-model';

/** RFC 5321 §4.5.1: postmaster. RFC 2142 §4: abuse, for those who complain. */
export const offices: readonly string[] = ['postmaster', 'abuse'];

export function isOffice(address: string, tagSeparator: string): boolean {
  const written = localPartOf(address);
  const isQuoted = written.length > 1 && written.startsWith('"') && written.endsWith('"');
  const local = (
    isQuoted ? written.slice(1, -1).replaceAll(/\\(.)/g, '$1') : written
  ).toLowerCase();
  return offices.some(
    (office) =>
      local === office || (tagSeparator !== '' && local.startsWith(office + tagSeparator)),
  );
}
