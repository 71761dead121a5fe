// Reads the arguments of one command in the grammar of RFC 3501 §9 (and RFC 9051 §9), from left to right.
//
// Promises
// - Linear in the bytes of the command; depth and number of nested lists are bounded by `depthMax`.
// - What breaks the grammar throws a BAD refusal; nothing is guessed.
// - Strings are given with one character a byte; text() and mailbox() decode them.
import { parseDateTime } from './date-time.ts';
import { decodeMailboxName, decodeUtf8 } from './mailbox-name.ts';
import type { Literal, ReceivedCommand } from './received-command.ts';
import { bad } from './refusal.ts';
import { parseSequenceSet, type SequenceSet } from './sequence-set.ts';

// RFC 3501 §9: ATOM-CHAR; an astring may contain "]" as well. Eight-bit characters are in neither.
const atomPattern = /[!#$&'+\-./0-9:;<=>?@A-Z[^_`a-z|}~]+/y;
const astringPattern = /[!#$&'+\-./0-9:;<=>?@A-Z[\]^_`a-z|}~]+/y;
// RFC 3501 §9: list-char adds the wildcards.
const patternPattern = /[!#$%&'*+\-./0-9:;<=>?@A-Z[\]^_`a-z|}~\x80-\xff]+/y;
const numberPattern = /[0-9]{1,19}/y;
const setPattern = /[0-9*:,]+|\$/y;
const literalPattern = /(~?)\{([0-9]{1,19})\+?\}\r\n/y;
const quotedPattern = /"([^"\\\r\n\0]*(?:\\["\\][^"\\\r\n\0]*)*)"/y;
const flagPattern = /\\?[!#$&'+\-./0-9:;<=>?@A-Z[\]^_`a-z|}~]+/y;
/** Lists in lists (search keys, sort criteria); more is an attack. */
const depthMax = 50;

export class Reader {
  readonly #text: string;
  readonly #literals: readonly Literal[];
  /** Mailbox names and quoted strings may be UTF-8 (ENABLE UTF8=ACCEPT or IMAP4rev2). */
  readonly isUtf8: boolean;
  #at = 0;
  #literalsTaken = 0;
  #depth = 0;

  constructor(command: ReceivedCommand, { isUtf8 }: { readonly isUtf8: boolean }) {
    this.#text = command.text;
    this.#literals = command.literals;
    this.isUtf8 = isUtf8;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** The next character, not taken; empty at the end. */
  get peek(): string {
    return this.#text[this.#at] ?? '';
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.isAtEnd) throw bad('There is more than this command takes.');
  }

  space(): void {
    this.expect(' ');
  }

  expect(mark: string): void {
    if (!this.take(mark)) throw bad(mark === ' ' ? 'A space is missing.' : `"${mark}" is missing.`);
  }

  /** Takes the mark when it is there (letters in any case). */
  take(mark: string): boolean {
    const end = this.#at + mark.length;
    const next = this.#text.slice(this.#at, end);
    if (next !== mark && next.toUpperCase() !== mark.toUpperCase()) return false;
    this.#at = end;
    return true;
  }

  /** The match of a sticky pattern here; undefined, and nothing taken, without one. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  atom(): string {
    const [atom] = this.match(atomPattern) ?? [];
    if (atom === undefined) throw bad('A word is missing.');
    return atom;
  }

  /** An atom in capitals: names of commands, items, options. */
  word(): string {
    return this.atom().toUpperCase();
  }

  /** A number below 2^53; mod-sequences and sizes have 63 bits, none of ours comes near. */
  number({ max = Number.MAX_SAFE_INTEGER } = {}): number {
    const [digits] = this.match(numberPattern) ?? [];
    if (digits === undefined) throw bad('A number is missing.');
    const value = Number(digits);
    if (value > max) throw bad('The number is too large.');
    return value;
  }

  /** RFC 3501 §9: number has 32 bits. */
  number32(): number {
    return this.number({ max: 4_294_967_295 });
  }

  sequenceSet(): SequenceSet {
    const [text] = this.match(setPattern) ?? [];
    const set = text === undefined ? undefined : parseSequenceSet(text);
    if (set === undefined) throw bad('That is no set of messages.');
    return set;
  }

  /** A quoted string or a literal, one character a byte. */
  string(): string {
    const quoted = this.match(quotedPattern);
    if (quoted !== undefined) return (quoted[1] ?? '').replaceAll(/\\(.)/g, '$1');
    return this.literal().body.toString('latin1');
  }

  /** A literal that is in memory (all but messages to append are). */
  literal(): Literal & { readonly body: Buffer } {
    const literal = this.anyLiteral();
    if (!Buffer.isBuffer(literal.body)) throw bad('The literal is too large here.', 'TOOBIG');
    return { ...literal, body: literal.body };
  }

  /** A literal of any size (APPEND). */
  anyLiteral(): Literal {
    if (this.match(literalPattern) === undefined) throw bad('A string is missing.');
    const literal = this.#literals[this.#literalsTaken];
    if (literal === undefined) throw bad('A string is missing.');
    this.#literalsTaken += 1;
    return literal;
  }

  get isAtString(): boolean {
    const { peek } = this;
    return peek === '"' || peek === '{' || peek === '~';
  }

  astring(): string {
    const [atom] = this.match(astringPattern) ?? [];
    return atom ?? this.string();
  }

  /** NIL is undefined. */
  nstring(): string | undefined {
    if (this.isAtString) return this.string();
    if (this.take('NIL')) return undefined;
    throw bad('A string or NIL is missing.');
  }

  /** An astring as Unicode. */
  text(): string {
    const text = decodeUtf8(this.astring());
    if (text === undefined) throw bad('That is not UTF-8.');
    return text;
  }

  mailbox(): string {
    return this.#name(this.astring());
  }

  /** RFC 3501 §9: list-mailbox, a mailbox name with wildcards. */
  mailboxPattern(): string {
    const [plain] = this.match(patternPattern) ?? [];
    return this.#name(plain ?? this.string());
  }

  #name(wire: string): string {
    const name = decodeMailboxName(wire, { isUtf8: this.isUtf8 });
    if (name === undefined) throw bad('That is no name of a mailbox.');
    return name;
  }

  /** Items between parentheses, a space between them; `mayBeEmpty` says whether "()" is right. */
  list<T>(item: () => T, { mayBeEmpty = false } = {}): readonly T[] {
    this.open();
    const items: T[] = [];
    if (this.peek !== ')' || !mayBeEmpty) {
      do items.push(item());
      while (this.take(' '));
    }
    this.close();
    return items;
  }

  /** "(", one level deeper. */
  open(): void {
    this.expect('(');
    this.#depth += 1;
    if (this.#depth > depthMax) throw bad('Too many parentheses.', 'LIMIT');
  }

  close(): void {
    this.expect(')');
    this.#depth -= 1;
  }

  /** For grammars that nest without parentheses (NOT NOT NOT, OR OR OR). */
  nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > depthMax) throw bad('Nested too deeply.', 'LIMIT');
    const value = read();
    this.#depth -= 1;
    return value;
  }

  flag(): string {
    const [flag] = this.match(flagPattern) ?? [];
    if (flag === undefined) throw bad('A flag is missing.');
    return flag;
  }

  flagList(): readonly string[] {
    return this.list(() => this.flag(), { mayBeEmpty: true });
  }

  /** RFC 3501 §9: date-time, in milliseconds. */
  dateTime(): number {
    const value = parseDateTime(this.string());
    if (value === undefined) throw bad('That is no date and time.');
    return value;
  }
}
