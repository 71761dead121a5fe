// i;unicode-casemap (RFC 5051): a string whose order under "<" is the order of the collation, made once a string.
//
// Each character becomes its titlecase, everything is taken apart (NFKD), and what is compared are the octets of the UTF-8.

export function collationKey(text: string): string {
  if (/^[\0-\x7F]*$/.test(text)) return text.toUpperCase();
  const taken = text.replace(/[^\0-\x40]/gu, toTitleCase).normalize('NFKD');
  // Octets as characters: JavaScript compares UTF-16, which puts U+10000 before U+FFFD.
  return Buffer.from(taken, 'utf8').toString('latin1');
}

/** Simple mappings only (RFC 5051 §2): "ß" stays what it is. */
function toTitleCase(character: string): string {
  const upper = character.toUpperCase();
  return upper.length === character.length ? upper : character;
}
