// What a server said, as values: so that two servers can be compared without regard to order of items, quoted or literal.

export type Value = string | null | readonly Value[];

/** FETCH responses by sequence number; a later one adds to an earlier one. */
export type Fetched = Readonly<Record<string, Readonly<Record<string, Value>>>>;

export function fetchedIn(answer: string): Fetched {
  const all: Record<string, Record<string, Value>> = {};
  const start = /^\* (\d+) FETCH \(/gm;
  let at = 0;
  for (;;) {
    start.lastIndex = at;
    const match = start.exec(answer);
    if (match === null) return all;
    const scan = new Scan(answer, start.lastIndex);
    const items = (all[match[1] ?? ''] ??= {});
    while (!scan.take(')')) {
      const name = scan.itemName();
      scan.take(' ');
      items[name] = normalised(name, scan.value());
      scan.take(' ');
    }
    at = scan.at;
  }
}

/** Where both are right and say it in other words. */
function normalised(name: string, value: Value): Value {
  // RFC 9051 did away with \Recent.
  if (name === 'FLAGS' && Array.isArray(value)) {
    return (value as readonly string[]).filter((flag) => flag !== '\\Recent').toSorted();
  }
  // RFC 3501 §9: date-day-fixed begins with a space, Dovecot with a zero.
  if (name === 'INTERNALDATE' && typeof value === 'string') return value.replace(/^0/, ' ');
  // RFC 3501 §7.4.2: a part that is not there is NIL, Dovecot shows an empty one.
  if (/^(?:BODY|BINARY)\[/.test(name)) return value ?? '';
  // RFC 2045 §6.1: encodings are the same in any case; this is the default.
  return value === '7BIT'
    ? '7bit'
    : Array.isArray(value)
      ? value.map((v) => normalised('', v))
      : value;
}

/** The words behind "* SEARCH", "* SORT", "* THREAD", "* ESEARCH (TAG ...)". */
export function untaggedIn(answer: string, name: string): string | undefined {
  const line = new RegExp(`^\\* ${name}(?: \\(TAG "?[^)]*\\))?(.*)\\r\\n`, 'm').exec(answer);
  return line?.[1]?.trim();
}

/** OK, NO or BAD. */
export function statusIn(answer: string): string {
  return /^\S+ (OK|NO|BAD)\b[^\r]*\r\n$/m.exec(answer)?.[1] ?? '';
}

class Scan {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  take(mark: string): boolean {
    if (!this.#text.startsWith(mark, this.at)) return false;
    this.at += mark.length;
    return true;
  }

  itemName(): string {
    const name = this.#match(/[A-Z0-9.]+(?:\[[^\]]*\])?(?:<\d+>)?/y);
    return name.replaceAll('"', '');
  }

  value(): Value {
    if (this.take('(')) {
      const list: Value[] = [];
      while (!this.take(')')) {
        list.push(this.value());
        this.take(' ');
      }
      return list;
    }
    if (this.#text[this.at] === '"') {
      return this.#match(/"(?:[^"\\]|\\.)*"/y)
        .slice(1, -1)
        .replaceAll(/\\(.)/g, '$1');
    }
    if (/^~?\{/.test(this.#text.slice(this.at, this.at + 2))) {
      const length = Number(/\d+/.exec(this.#match(/~?\{\d+\}\r\n/y))?.[0]);
      this.at += length;
      return this.#text.slice(this.at - length, this.at);
    }
    const atom = this.#match(/[^ ()\r\n]+/y);
    return atom === 'NIL' ? null : atom;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const [text] = pattern.exec(this.#text) ?? [];
    if (text === undefined)
      throw new Error(`Not understood: ${this.#text.slice(this.at, this.at + 80)}`);
    this.at += text.length;
    return text;
  }
}
