// A field value without what may hold anything: names in quotes, and comments (RFC 5322 §3.2.2, §3.2.4). Pure, one pass.
//
// What is opened and never closed stays, and so does a quoted local part: whoever looks for addresses in the rest must not miss one.
export function withoutQuotes(text: string): string {
  let rest = '';
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char !== '"' && char !== '(') {
      rest += char;
      at += 1;
      continue;
    }
    const end = char === '"' ? endOfQuoted(text, at) : endOfComment(text, at);
    if (end === undefined) return rest + text.slice(at);
    rest += text.charAt(end) === '@' ? text.slice(at, end) : ' ';
    at = end;
  }
  return rest;
}

function endOfQuoted(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '"') return at + 1;
  }
  return undefined;
}

function endOfComment(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '(') depth += 1;
    else if (char === ')') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}
