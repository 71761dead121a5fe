// What somebody sends with, as far as it stays the same from day to day. Pure.
//
// A mail program says its name in the header and something in EHLO: a name of the computer, or its address, which changes.

/** Empty when nothing is known. */
export function programOf({
  helo,
  program = '',
}: {
  readonly helo: string;
  readonly program?: string;
}): string {
  const shape = helo.startsWith('[')
    ? '[]'
    : helo.toLowerCase().slice(0, 100).replaceAll(/\d+/g, '0').slice(0, 60);
  return `${shape} ${nameIn(program)}`.trim();
}

/** The value of User-Agent or X-Mailer in a header block; undefined without one. */
export function programIn(header: Buffer): string | undefined {
  const text = header.subarray(0, 65_536).toString('latin1');
  return /^(?:user-agent|x-mailer):[ \t]*([^\r\n]{1,200})/im.exec(text)?.[1];
}

/** "Mozilla Thunderbird 128.2" and its next version are one program. */
function nameIn(program: string): string {
  return program
    .slice(0, 200)
    .toLowerCase()
    .replaceAll(/[^a-z ]+/g, ' ')
    .replaceAll(/ +/g, ' ')
    .trim()
    .slice(0, 40);
}
