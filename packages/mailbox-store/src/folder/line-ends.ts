// Messages that other programs stored with bare line feeds, as the wire wants them: CRLF (RFC 5322 §2.1). Pure.

/** The same buffer when nothing had to be changed. */
export function withCrlf(bytes: Buffer): Buffer {
  const missing = countBareLineFeeds(bytes);
  if (missing === 0) return bytes;
  const whole = Buffer.allocUnsafe(bytes.length + missing);
  let [from, to] = [0, 0];
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (at > 0 && bytes[at - 1] === 0x0d) continue;
    to += bytes.copy(whole, to, from, at);
    whole[to] = 0x0d;
    to += 1;
    from = at;
  }
  bytes.copy(whole, to, from);
  return whole;
}

function countBareLineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (at === 0 || bytes[at - 1] !== 0x0d) count += 1;
  }
  return count;
}
