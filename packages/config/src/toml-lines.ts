// Where each key of a TOML text stands. The parser gives values without lines; this scan gives lines without values.
//
// It runs only over text the parser has accepted, so it may be lenient. It knows tables, arrays of tables, dotted and
// quoted keys, strings of all four kinds, comments and brackets. Keys inside an inline table share its line.
export type Step = string | number;

export interface TomlLines {
  /** The line of this key, or of the nearest table around it. */
  lineOf(path: readonly Step[]): number | undefined;
}

export function findTomlLines(text: string): TomlLines {
  const lines = new Scan(text).run();
  return {
    lineOf(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const line = lines.get(named(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return undefined;
    },
  };
}

function named(path: readonly Step[]): string {
  return path.join('\0');
}

class Scan {
  readonly #text: string;
  readonly #found = new Map<string, number>();
  /** Arrays of tables -> how many elements they have so far. */
  readonly #elements = new Map<string, number>();
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  run(): ReadonlyMap<string, number> {
    let table: readonly Step[] = [];
    for (;;) {
      this.#skipBlank();
      if (this.#at >= this.#text.length) return this.#found;
      if (this.#text[this.#at] === '[') {
        table = this.#readHeader();
      } else {
        const line = this.#line;
        this.#note([...table, ...this.#readKey()], line);
        this.#at += 1; // The "=".
        this.#skipValue();
      }
    }
  }

  #note(path: readonly Step[], line: number): void {
    for (let length = 1; length <= path.length; length += 1) {
      const name = named(path.slice(0, length));
      if (!this.#found.has(name)) this.#found.set(name, line);
    }
  }

  #readHeader(): readonly Step[] {
    const line = this.#line;
    const isArray = this.#text[this.#at + 1] === '[';
    this.#at += isArray ? 2 : 1;
    const keys = this.#readKey();
    this.#at += isArray ? 2 : 1;

    // "[site.listen]" belongs to the last [[site]] above it.
    const path: Step[] = [];
    for (const [index, key] of keys.entries()) {
      path.push(key);
      const isLast = index === keys.length - 1;
      const seen = this.#elements.get(named(path));
      if (isLast && isArray) {
        this.#elements.set(named(path), (seen ?? 0) + 1);
        path.push(seen ?? 0);
      } else if (seen !== undefined) {
        path.push(seen - 1);
      }
    }
    this.#note(path, line);
    return path;
  }

  /** A dotted key, up to "=" or "]". */
  #readKey(): string[] {
    const keys: string[] = [];
    for (;;) {
      this.#skipSpaces();
      const quote = this.#text[this.#at];
      if (quote === '"' || quote === "'") {
        const start = this.#at;
        this.#skipString();
        const raw = this.#text.slice(start, this.#at);
        keys.push(quote === "'" ? raw.slice(1, -1) : unescaped(raw));
      } else {
        const bare = /[^\s.=\]]*/y;
        bare.lastIndex = this.#at;
        const key = bare.exec(this.#text)?.[0] ?? '';
        keys.push(key);
        this.#at += key.length;
      }
      this.#skipSpaces();
      if (this.#text[this.#at] !== '.') return keys;
      this.#at += 1;
    }
  }

  /** To the end of the line the value ends on. */
  #skipValue(): void {
    let depth = 0;
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at];
      if (character === '"' || character === "'") {
        this.#skipString();
        continue;
      }
      if (character === '#') {
        this.#skipComment();
        continue;
      }
      if (character === '[' || character === '{') depth += 1;
      if (character === ']' || character === '}') depth -= 1;
      if (character === '\n') {
        if (depth <= 0) return;
        this.#line += 1;
      }
      this.#at += 1;
    }
  }

  #skipString(): void {
    const quote = this.#text[this.#at] ?? '';
    const isLong = this.#text.startsWith(quote.repeat(3), this.#at);
    const end = isLong ? quote.repeat(3) : quote;
    this.#at += end.length;
    while (this.#at < this.#text.length && !this.#text.startsWith(end, this.#at)) {
      if (this.#text[this.#at] === '\\' && quote === '"') this.#at += 1;
      if (this.#text[this.#at] === '\n') this.#line += 1;
      this.#at += 1;
    }
    this.#at += end.length;
    // A long string may end in up to two quotes of its own.
    while (isLong && this.#text[this.#at] === quote) this.#at += 1;
  }

  #skipBlank(): void {
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? '';
      if (character === '#') this.#skipComment();
      if (this.#text[this.#at] === '\n') this.#line += 1;
      else if (!/\s/.test(this.#text[this.#at] ?? ' ')) return;
    }
  }

  #skipComment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #skipSpaces(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at += 1;
  }
}

/** A quoted key as the parser sees it; escapes of TOML that JSON lacks are too rare to matter for a line number. */
function unescaped(raw: string): string {
  try {
    return JSON.parse(raw) as string;
  } catch {
    return raw.slice(1, -1); // Only the line of one odd key is lost.
  }
}
