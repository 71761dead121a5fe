// Words of strangers for logs, tables and headers: one line of printable text, cut to a length.
export function plainText(text: string, lengthMax: number): string {
  const line = text
    .slice(0, lengthMax * 2)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029\ufffd\s]+/gu, ' ')
    .trim();
  return Array.from(line).slice(0, lengthMax).join('');
}
