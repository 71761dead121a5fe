// Text as it is searched: one way to write every letter, runs of blanks one space. What is searched for is folded the same way, so
// "contains" is plain comparison then.

/** RFC 3501 §6.4.4: without regard to case; beyond ASCII as near to RFC 5051 (i;unicode-casemap) as Unicode's own folding is. */
export function folded(text: string): string {
  const even = /[^\u0000-\u007f]/.test(text) ? foldedUnicode(text) : text.toLowerCase();
  return even.replaceAll(/[\u0000-\u0020\u00a0]+/g, ' ');
}

function foldedUnicode(text: string): string {
  // The end of a word has a sigma of its own; upper and lower case once each make "ß" and "SS" the same.
  return text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC');
}
