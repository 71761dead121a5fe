// Text that came from the outside world, made safe for a terminal: senders, replies and headers are written by strangers,
// and an escape sequence among them must not move our cursor, rename our window or answer for us.
export function printable(text: string): string {
  // Controls, DEL, C1, and the marks that turn the direction of what follows.
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    '\ufffd',
  );
}

/** The same, on one line. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/\s*[\r\n\t]+\s*/g, ' '));
}
