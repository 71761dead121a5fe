// The charset of a SEARCH, SORT or THREAD (RFC 3501 §6.4.4): bytes of its strings to Unicode.
import { isKnownCharset } from '@restante/mime';
import { bad, Refusal } from '../wire/refusal.ts';

/** RFC 3501 §6.4.4: [BADCHARSET (...)] for one we cannot read. Without one it is UTF-8 (RFC 9051 §6.4.4). */
export function charsetDecoder(name = 'UTF-8'): (wire: string) => string {
  if (!isKnownCharset(name)) {
    throw new Refusal('NO', 'That charset is not known here.', 'BADCHARSET (US-ASCII UTF-8)');
  }
  const label = /^us-ascii$/i.test(name) ? 'utf-8' : name;
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch {
    // A name that only mail programs write.
    throw new Refusal('NO', 'That charset is not known here.', 'BADCHARSET (US-ASCII UTF-8)');
  }
  return (wire) => {
    try {
      return decoder.decode(Buffer.from(wire, 'latin1'));
    } catch {
      // The client's mistake, and its answer.
      throw bad('A string is not in its charset.');
    }
  };
}
