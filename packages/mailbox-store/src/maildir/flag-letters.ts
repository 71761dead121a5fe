// Flags as Maildir writes them into file names: letters behind ":2,". Pure.
//
// D F R S T are the system flags; a to z are the keywords of this folder, by their number in dovecot-keywords. Letters that
// mean nothing to us (P "passed", a keyword without a line) are kept where they are: they belong to somebody else.

const systemFlags: readonly (readonly [letter: string, flag: string])[] = [
  ['R', '\\Answered'],
  ['T', '\\Deleted'],
  ['D', '\\Draft'],
  ['F', '\\Flagged'],
  ['S', '\\Seen'],
];

export const keywordsMax = 26;

/** Translates for one folder, as long as its keywords stay the same. */
export class FlagLetters {
  /** By number; undefined where dovecot-keywords has a gap. */
  readonly keywords: readonly (string | undefined)[];
  readonly #letterOf = new Map<string, string>();
  readonly #flagOf = new Map<string, string>();
  /** The same set of flags is the same array. */
  readonly #interned: Map<string, readonly string[]>;

  constructor(keywords: readonly (string | undefined)[], before?: FlagLetters) {
    this.keywords = keywords;
    this.#interned = new Map(before === undefined ? [] : before.#interned);
    for (const [letter, flag] of systemFlags) this.#define(letter, flag);
    for (const [index, keyword] of keywords.entries()) {
      if (keyword !== undefined && index < keywordsMax) this.#define(letterAt(index), keyword);
    }
  }

  /** Flags of ":2,<letters>" (or of no suffix at all). */
  flagsOf(suffix: string): readonly string[] {
    const known = lettersOf(suffix).filter((letter) => this.#flagOf.has(letter));
    const flags = known.map((letter) => this.#flagOf.get(letter) ?? '').sort(systemFirst);
    const key = flags.join(' ');
    const interned = this.#interned.get(key) ?? flags;
    this.#interned.set(key, interned);
    return interned;
  }

  /** The suffix for these flags, keeping letters of the old one that mean nothing here. Unknown keywords are left out. */
  suffixFor(flags: readonly string[], oldSuffix = ''): string {
    const letters = new Set(lettersOf(oldSuffix).filter((letter) => !this.#flagOf.has(letter)));
    for (const flag of flags) {
      const letter = this.#letterOf.get(flag.toLowerCase());
      if (letter !== undefined) letters.add(letter);
    }
    // ASCII order: the Maildir convention.
    return `:2,${[...letters].sort().join('')}`;
  }

  /** Those flags that have no letter here yet. */
  unknown(flags: readonly string[]): readonly string[] {
    return flags.filter((flag) => !this.#letterOf.has(flag.toLowerCase()));
  }

  #define(letter: string, flag: string): void {
    if (this.#letterOf.has(flag.toLowerCase())) return;
    this.#letterOf.set(flag.toLowerCase(), letter);
    this.#flagOf.set(letter, flag);
  }
}

function lettersOf(suffix: string): readonly string[] {
  return suffix.startsWith(':2,') ? suffix.slice(3).split('') : [];
}

function letterAt(index: number): string {
  return String.fromCharCode(97 + index);
}

function systemFirst(left: string, right: string): number {
  const [isLeft, isRight] = [left.startsWith('\\'), right.startsWith('\\')];
  if (isLeft !== isRight) return isLeft ? -1 : 1;
  return left < right ? -1 : Number(left > right);
}
