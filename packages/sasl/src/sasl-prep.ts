// Text before it is hashed for SCRAM (RFC 5802 §2.2: SASLprep, RFC 4013), so that a password typed on two keyboards is one.
//
// The check of right-to-left runs (RFC 3454 §6) is left out: the client makes it, and letting through what it refuses
// only makes a password that no strict client can send.

// RFC 3454 C.1.2: spaces that become the plain one. U+200B is in both tables; this one goes first.
const otherSpaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
// RFC 3454 B.1: what nobody sees.
const nothings =
  /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;
// RFC 3454 C.2 to C.9: control, private use, no characters, surrogates, not for plain text, display and tagging.
const prohibited =
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u06dd\u070f\u180e\u2028\u2029\u2061-\u2063\u206a-\u206f\ufff9-\ufffd\u2ff0-\u2ffb\u200e\u200f\u202a-\u202e\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;

/** Undefined when the text is empty or has what SASLprep prohibits. */
export function saslPrep(text: string): string | undefined {
  const prepared = text.replace(otherSpaces, ' ').replace(nothings, '').normalize('NFKC');
  return prepared === '' || prohibited.test(prepared) ? undefined : prepared;
}
