// A message as it was before we marked it: a scanner that learned from our own marks would find them again next time and
// call that a proof. Pure; the body is not looked at.
const markedField = /^x-spam-[^:\r\n]{0,100}:/i;
const markedSubject = /^(subject:[ \t]{0,10})(?::SPAM:[ \t]{0,10})+/i;

export function withoutMarks(bytes: Buffer): Buffer {
  const at = bytes.indexOf('\r\n\r\n');
  const end = at < 0 ? bytes.length : at;
  const header = bytes.toString('latin1', 0, end);
  const clean = header
    // RFC 5322 §2.2.3: a line that begins with white space belongs to the field before it.
    .split(/\r\n(?![ \t])/)
    .filter((field) => !markedField.test(field))
    .map((field) => field.replace(markedSubject, '$1'))
    .join('\r\n');
  if (clean.length === header.length) return bytes;
  return Buffer.concat([Buffer.from(clean, 'latin1'), bytes.subarray(end)]);
}
