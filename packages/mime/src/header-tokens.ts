// The words of structured header fields (RFC 5322 §3.2): atoms, quoted strings, comments, literals. Each reader begins at its
// first character, gives the text without its wrapping, and where to go on; what is not closed ends with the text.

export interface Token {
  readonly text: string;
  readonly end: number;
}

// ( ) < > [ ] : ; @ \ , " and everything up to the space.
const special = new Uint8Array(128).fill(1, 0, 0x21);
for (const char of '()<>[]:;@\\,"') special[char.charCodeAt(0)] = 1;

/** Dots belong to it: "Q." in a name is common. */
export function readAtom(text: string, at: number): Token {
  let end = at + 1;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code < 128 && special[code] === 1) break;
    end += 1;
  }
  return { text: text.slice(at, end), end };
}

export interface WrappedToken extends Token {
  /** False when the text ended first. */
  readonly isClosed: boolean;
}

export function readQuoted(text: string, at: number): WrappedToken {
  return readWrapped(text, at, 0x22);
}

/** A domain literal keeps its brackets: they are part of it. */
export function readLiteral(text: string, at: number): Token {
  const { text: inside, end } = readWrapped(text, at, 0x5d);
  return { text: `[${inside}]`, end };
}

function readWrapped(text: string, at: number, close: number): WrappedToken {
  let out = '';
  let from = at + 1;
  let end = from;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === close) return { text: out + text.slice(from, end), end: end + 1, isClosed: true };
    if (code === 0x5c && end + 1 < text.length) {
      out += text.slice(from, end);
      end += 1;
      from = end;
    }
  }
  return { text: out + text.slice(from), end, isClosed: false };
}

/** Comments nest (RFC 5322 §3.2.2); the brackets inside are shown. */
export function readComment(text: string, at: number): Token {
  let out = '';
  let from = at + 1;
  let end = from;
  let depth = 1;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === 0x28) depth += 1;
    else if (code === 0x29) {
      depth -= 1;
      if (depth === 0) return { text: (out + text.slice(from, end)).trim(), end: end + 1 };
    } else if (code === 0x5c && end + 1 < text.length) {
      out += text.slice(from, end);
      end += 1;
      from = end;
    }
  }
  return { text: (out + text.slice(from)).trim(), end };
}

/** Skips spaces and comments. */
export function skipBlank(text: string, at: number): number {
  let next = at;
  while (next < text.length) {
    const code = text.charCodeAt(next);
    if (code <= 0x20) next += 1;
    else if (code === 0x28) next = readComment(text, next).end;
    else break;
  }
  return next;
}
