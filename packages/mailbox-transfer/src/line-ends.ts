// Line ends between the world of files (LF) and the world of mail (CRLF, RFC 5322 §2.1). Pure; the same buffer when nothing changes.

export function withCrlf(bytes: Buffer): Buffer {
  let missing = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (at === 0 || bytes[at - 1] !== 0x0d) missing += 1;
  }
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

export function withLf(bytes: Buffer): Buffer {
  const whole = Buffer.allocUnsafe(bytes.length);
  let [from, to] = [0, 0];
  for (let at = bytes.indexOf('\r\n'); at >= 0; at = bytes.indexOf('\r\n', at + 2)) {
    to += bytes.copy(whole, to, from, at);
    from = at + 1;
  }
  if (from === 0) return bytes;
  to += bytes.copy(whole, to, from);
  return whole.subarray(0, to);
}
