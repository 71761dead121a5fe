// The value of an Authentication-Results field for a header: folded between results, nothing in it that could end the field.
const lineMax = 900;

/** One character a byte, as headers are handled here; what is beyond Latin-1 becomes UTF-8 (RFC 6532). */
export function foldResults(results: string): string {
  const line = results.replaceAll(/[\0-\x1f\x7f]+/g, ' ').trim();
  const bytes = /[^\0-\xff]/.test(line) ? Buffer.from(line, 'utf8').toString('latin1') : line;
  return bytes.split('; ').map(foldLong).join(';\r\n\t');
}

/** RFC 5322 §2.1.1: at most 998 characters a line; a fold at a blank changes nothing, a cut only what no reader would look at. */
function foldLong(text: string): string {
  if (text.length <= lineMax) return text;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const short = word.slice(0, lineMax);
    if (line !== '' && line.length + 1 + short.length > lineMax) {
      lines.push(line);
      line = short;
    } else {
      line = line === '' ? short : `${line} ${short}`;
    }
  }
  return [...lines, line].join('\r\n\t');
}
