// Transparency of DATA (RFC 5321 §4.5.2): a line that begins with a dot gets another one. Nothing else changes.
import type { BodyTraits } from './body-traits.ts';

const dot = 46;
const lf = 10;

/** Returns the same bytes when no line begins with a dot. `atLineStart`: the octet before was a line's end. */
export function stuffDots(
  bytes: Buffer,
  { atLineStart }: { readonly atLineStart: boolean },
): Buffer {
  const dots: number[] = [];
  if (atLineStart && bytes[0] === dot) dots.push(0);
  for (let at = bytes.indexOf('\n.'); at >= 0; at = bytes.indexOf('\n.', at + 1)) dots.push(at + 1);
  if (dots.length === 0) return bytes;

  const stuffed = Buffer.allocUnsafe(bytes.length + dots.length);
  let from = 0;
  let to = 0;
  for (const at of dots) {
    to += bytes.copy(stuffed, to, from, at);
    stuffed[to] = dot;
    to += 1;
    from = at;
  }
  bytes.copy(stuffed, to, from);
  return stuffed;
}

/** Whether the next chunk begins a line, given this one. */
export function endsLine(bytes: Buffer): boolean {
  return bytes.at(-1) === lf;
}

/** RFC 5321 §4.1.1.4: a line with only a dot; a body that does not end its last line gets that CRLF too. */
export function endOfData({ endsWithCrlf }: Pick<BodyTraits, 'endsWithCrlf'>): string {
  return endsWithCrlf ? '.\r\n' : '\r\n.\r\n';
}
