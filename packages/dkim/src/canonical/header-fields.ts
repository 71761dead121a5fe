// The fields of a header as signatures see them: in the order they stand, chosen from the bottom, in either canonical form.
//
// The header is text of one character a byte. A field ends at a CRLF that no blank follows; whatever else stands in it belongs to it.
// Lines that are no field are in nobody's signature. Linear in the header, and in the list of names.

/** One field. `relaxed` is made when it is first asked for. */
export class HeaderField {
  /** In lower case. */
  readonly name: string;
  /** As it stands, with its line end. */
  readonly text: string;
  /** Behind the colon, as it stands, with the line end. */
  readonly valueAt: number;
  #relaxed: string | undefined;

  constructor(
    text: string,
    { name, valueAt }: { readonly name: string; readonly valueAt: number },
  ) {
    this.text = text;
    this.name = name;
    this.valueAt = valueAt;
  }

  /** RFC 6376 §3.4.2, without a line end. */
  get relaxed(): string {
    this.#relaxed ??= relaxedField(this.text);
    return this.#relaxed;
  }
}

export class Header {
  /** In the order they stand. */
  readonly fields: readonly HeaderField[];
  readonly #byName = new Map<string, HeaderField[]>();

  constructor(header: string) {
    this.fields = readFields(header);
    for (const field of this.fields) {
      const same = this.#byName.get(field.name);
      if (same === undefined) this.#byName.set(field.name, [field]);
      else same.push(field);
    }
  }

  /** From the top; the name in lower case. */
  named(name: string): readonly HeaderField[] {
    return this.#byName.get(name) ?? [];
  }

  /**
   * RFC 6376 §5.4.2: of several with one name the last one first; a name without a field (left) counts as nothing. The signature
   * itself is never among them (§3.5, h=). Names in lower case.
   */
  choose(names: readonly string[], itself?: HeaderField): readonly HeaderField[] {
    const left = new Map<string, number>();
    const chosen: HeaderField[] = [];
    for (const name of names) {
      const same = this.#byName.get(name);
      if (same === undefined) continue;
      let at = (left.get(name) ?? same.length) - 1;
      if (itself !== undefined && same[at] === itself) at -= 1;
      left.set(name, Math.max(at, 0));
      const field = same[at];
      if (field !== undefined) chosen.push(field);
    }
    return chosen;
  }
}

function readFields(header: string): readonly HeaderField[] {
  const fields: HeaderField[] = [];
  for (let start = 0; start < header.length;) {
    const end = fieldEnd(header, start);
    const text = header.slice(start, end);
    start = end;
    const colon = text.indexOf(':');
    const name = colon < 0 ? '' : fieldName(text, colon);
    if (name === '') continue;
    const whole = text.endsWith('\r\n') ? text : `${text}\r\n`;
    fields.push(new HeaderField(whole, { name, valueAt: colon + 1 }));
  }
  return fields;
}

function fieldEnd(header: string, start: number): number {
  for (let at = start; ;) {
    const newline = header.indexOf('\r\n', at);
    if (newline < 0) return header.length;
    at = newline + 2;
    const next = header.charCodeAt(at);
    if (next !== 0x20 && next !== 0x09) return at;
  }
}

/** RFC 5322 §2.2 and §4.5.8: printable, blanks before the colon were allowed once. Empty: it is none. */
function fieldName(text: string, colon: number): string {
  let end = colon;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1;
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x21 || code > 0x7e) return '';
  }
  return text.slice(0, end).toLowerCase();
}

/** RFC 6376 §3.4.2, without a line end: name in small letters, unfolded, blanks to one space, none around the value. */
export function relaxedField(text: string): string {
  const colon = text.indexOf(':');
  let name = colon;
  while (name > 0 && isBlank(text.charCodeAt(name - 1))) name -= 1;
  let value = text.slice(colon + 1);
  if (value.includes('\r\n')) value = value.replaceAll('\r\n', '');
  if (value.includes('  ') || value.includes('\t')) {
    value = value.replaceAll(/\t[ \t]*| [ \t]+/g, ' ');
  }
  const start = value.startsWith(' ') ? 1 : 0;
  const end = value.endsWith(' ') && value.length > start ? value.length - 1 : value.length;
  return `${text.slice(0, name).toLowerCase()}:${value.slice(start, end)}`;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
