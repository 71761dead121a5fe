// Folder names in Maildir++ and in IMAP: modified UTF-7 (RFC 3501 §5.1.3). What is not that is taken as it is: many servers write UTF-8.
export function decodeFolderName(name: string): string {
  return name
    .replaceAll(/&([A-Za-z0-9+,]*)-/g, (_, run: string) =>
      run === ''
        ? '&'
        : swapped(Buffer.from(run.replaceAll(',', '/'), 'base64')).toString('utf16le'),
    )
    .toWellFormed()
    .normalize('NFC');
}

export function encodeFolderName(name: string): string {
  return name.replaceAll(/&|[^\x20-\x7e]+/g, (run) =>
    run === '&'
      ? '&-'
      : `&${swapped(Buffer.from(run, 'utf16le')).toString('base64').replaceAll('/', ',').replace(/=+$/, '')}-`,
  );
}

/** UTF-16 is big-endian on disk and little-endian in Node. Half a character at the end is dropped. */
function swapped(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length - (bytes.length % 2)).swap16();
}
