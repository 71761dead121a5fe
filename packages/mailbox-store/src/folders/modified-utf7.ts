// Folder names on disk: modified UTF-7 (RFC 3501 §5.1.3), as Dovecot writes them. Pure.
//
// Printable ASCII stands for itself, "&" is "&-", everything else is "&<base64 of UTF-16, with , for />-".

export function encodeModifiedUtf7(text: string): string {
  return text.replaceAll(/&|[^\x20-\x7e]+/g, (run) => (run === '&' ? '&-' : encodeRun(run)));
}

/** Undefined when the text is not what encodeModifiedUtf7() makes of anything. */
export function decodeModifiedUtf7(text: string): string | undefined {
  if (!/^[\x20-\x7e]*$/.test(text)) return undefined;
  const decoded = text.replaceAll(/&([^-]*)-/g, (_, run: string) =>
    run === '' ? '&' : decodeRun(run),
  );
  // One spelling for every name: what was written otherwise would be a second name for the same folder.
  return encodeModifiedUtf7(decoded) === text ? decoded : undefined;
}

function encodeRun(run: string): string {
  const base64 = Buffer.from(run, 'utf16le').swap16().toString('base64');
  return `&${base64.replaceAll('/', ',').replace(/=+$/, '')}-`;
}

function decodeRun(run: string): string {
  const bytes = Buffer.from(run.replaceAll(',', '/'), 'base64');
  return bytes
    .subarray(0, bytes.length & ~1)
    .swap16()
    .toString('utf16le');
}
