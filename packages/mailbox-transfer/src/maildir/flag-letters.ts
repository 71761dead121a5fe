// Letters behind ":2," in a Maildir's file names, and a to z of dovecot-keywords. Pure.
const letters: readonly (readonly [letter: string, flag: string])[] = [
  ['D', '\\Draft'],
  ['F', '\\Flagged'],
  ['R', '\\Answered'],
  ['S', '\\Seen'],
  ['T', '\\Deleted'],
];

export const keywordsMax = 26;

export function flagsOfName(
  name: string,
  keywords: readonly (string | undefined)[],
): readonly string[] {
  const info = /[:;!]2,([A-Za-z]*)$/.exec(name)?.[1] ?? '';
  const system = letters.flatMap(([letter, flag]) => (info.includes(letter) ? [flag] : []));
  const own = keywords.flatMap((keyword, index) =>
    keyword !== undefined && info.includes(letterAt(index)) ? [keyword] : [],
  );
  return [...system, ...own];
}

/** Sorted, as the format wants it. Keywords that are not in the list are left out. */
export function lettersOfFlags(flags: readonly string[], keywords: readonly string[]): string {
  const system = letters.flatMap(([letter, flag]) => (flags.includes(flag) ? [letter] : []));
  const own = keywords.flatMap((keyword, index) =>
    index < keywordsMax && flags.includes(keyword) ? [letterAt(index)] : [],
  );
  return [...system, ...own].join('');
}

/** "0 $Forwarded": a number and a keyword on every line. */
export function parseKeywords(text: string): readonly (string | undefined)[] {
  const keywords: (string | undefined)[] = [];
  for (const line of text.split('\n')) {
    const match = /^(\d{1,2}) (\S+)$/.exec(line.trimEnd());
    const index = Number(match?.[1]);
    if (match?.[2] !== undefined && index < keywordsMax) keywords[index] = match[2];
  }
  return keywords;
}

function letterAt(index: number): string {
  return String.fromCodePoint(0x61 + index);
}
