// Reads an Authentication-Results value that we wrote ourselves, as authentication-results.ts writes it. For fields of others it is no
// reader: comments and whatever else RFC 8601 allows are not in ours.

export interface ReadResult {
  readonly method: string;
  readonly result: string;
  /** "header.d" -> "x.test"; of the same name the first. */
  readonly properties: ReadonlyMap<string, string>;
}

/** `value`: unfolded. Linear, never throws; what is not understood is left out. */
export function readOurResults(value: string): readonly ReadResult[] {
  const [, ...methods] = statements(value);
  return methods.flatMap((words) => {
    const [first, ...properties] = words.map(pair);
    if (first === undefined || first[0] === '' || first[1] === '') return [];
    const known = new Map<string, string>();
    for (const [name, text] of properties) if (!known.has(name)) known.set(name, text);
    return [{ method: first[0], result: first[1], properties: known }];
  });
}

/** Words between semicolons, quotes and what they escape resolved. */
function statements(value: string): readonly (readonly string[])[] {
  const all: string[][] = [[]];
  let word = '';
  let isQuoted = false;
  const endWord = () => {
    if (word !== '') all.at(-1)?.push(word);
    word = '';
  };
  for (let at = 0; at < value.length; at += 1) {
    const char = value[at] ?? '';
    if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) {
      if (char === '\\') at += 1;
      word += value[at] ?? '';
    } else if (char === ';') {
      endWord();
      all.push([]);
    } else if (/\s/.test(char)) endWord();
    else word += char;
  }
  endWord();
  return all;
}

function pair(word: string): readonly [name: string, value: string] {
  const equals = word.indexOf('=');
  return equals < 0 ? ['', ''] : [word.slice(0, equals).toLowerCase(), word.slice(equals + 1)];
}
