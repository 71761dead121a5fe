// Address lists of header fields (RFC 5322 §3.4 with the obsolete forms of §4.4, groups, comments; UTF-8 as RFC 6532 allows).
//
// One pass, no recursion: nested comments are a counter, so a hundred thousand addresses or brackets cost as much as their length,
// and no more than `addressesMax` are kept. Never throws: what cannot be an address is shown as well as it can be.
import { decodeWords } from './encoded-words.ts';
import { readAtom, readComment, readLiteral, readQuoted } from './header-tokens.ts';
import type { MailAddress } from './message.ts';

/** More than any real message has; a bound on what a hostile one costs everybody who shows it. */
export const addressesMax = 10_000;

/** `text` is unfolded. Adds to `into` (a field may stand twice). */
export function parseAddresses(text: string, into: MailAddress[] = []): MailAddress[] {
  if (text !== '') new AddressReader(text, into).read();
  return into;
}

interface Word {
  readonly text: string;
  readonly isSpaced: boolean;
}

class AddressReader {
  readonly #text: string;
  readonly #into: MailAddress[];
  #at = 0;
  #isSpaced = false;
  #isInGroup = false;
  #words: Word[] = [];
  #domain: Word[] | undefined;
  #comment = '';
  /** The words before "<"; undefined outside of angle brackets. */
  #phrase: string | undefined;
  #isInRoute = false;
  #isPastAngle = false;
  #areQuotesBroken = false;

  constructor(text: string, into: MailAddress[]) {
    this.#text = text;
    this.#into = into;
  }

  read(): void {
    while (this.#at < this.#text.length && this.#into.length < addressesMax) this.#step();
    this.#finish();
    this.#endGroup();
  }

  #step(): void {
    const code = this.#text.charCodeAt(this.#at);
    if (code <= 0x20) {
      this.#isSpaced = true;
      this.#at += 1;
      return;
    }
    if (code === 0x22) this.#quoted();
    else if (code === 0x28) this.#noteComment(this.#take(readComment(this.#text, this.#at)));
    else if (code === 0x5b) this.#word(this.#take(readLiteral(this.#text, this.#at)));
    else if (!this.#special(code)) this.#word(this.#take(readAtom(this.#text, this.#at)));
  }

  /** False when it is part of a word. */
  #special(code: number): boolean {
    switch (code) {
      case 0x3c: // <
        this.#openAngle();
        break;
      case 0x3e: // >
        this.#isPastAngle = this.#phrase !== undefined;
        break;
      case 0x40: // @
        this.#atSign();
        break;
      case 0x2c: // ,
        if (!this.#isInRoute) this.#finish();
        break;
      case 0x3b: // ;
        this.#finish();
        this.#endGroup();
        break;
      case 0x3a: // :
        this.#colon();
        break;
      case 0x29: // )
      case 0x5d: // ]
      case 0x5c: // \
        break;
      default:
        return false;
    }
    this.#at += 1;
    return true;
  }

  /** A quote that nobody closes is none, and the others behind it neither: what they hide may be addresses. */
  #quoted(): void {
    const token = this.#areQuotesBroken ? undefined : readQuoted(this.#text, this.#at);
    if (token?.isClosed === true) {
      this.#word(this.#take(token));
      return;
    }
    this.#areQuotesBroken = true;
    this.#at += 1;
  }

  /** Behind an address it is the name, before there was a place for one; before the address it is only a comment. */
  #noteComment(text: string): void {
    if (text !== '' && (this.#words.length > 0 || this.#phrase !== undefined)) this.#comment = text;
  }

  #take({ text, end }: { readonly text: string; readonly end: number }): string {
    this.#at = end;
    return text;
  }

  #word(text: string): void {
    const isSpaced = this.#isSpaced;
    this.#isSpaced = false;
    if (this.#isInRoute || this.#isPastAngle) return;
    (this.#domain ?? this.#words).push({ text, isSpaced });
  }

  #openAngle(): void {
    if (this.#phrase !== undefined) return;
    // "ana@example.test <ana@example.test>" without the quotes it should have.
    const begun = this.#domain === undefined ? '' : `@${joined(this.#domain)}`;
    this.#phrase = joined(this.#words) + begun;
    this.#words = [];
    this.#domain = undefined;
  }

  #atSign(): void {
    if (this.#isPastAngle) return;
    if (this.#phrase !== undefined && this.#words.length === 0 && this.#domain === undefined) {
      // RFC 5322 §4.4, obs-route: "<@relay,@relay:ana@example.test>". Nobody routes by it any more.
      this.#isInRoute = true;
    } else if (this.#domain !== undefined && !this.#isInRoute) {
      this.#secondAt(this.#domain);
    } else if (!this.#isInRoute) this.#domain = [];
    this.#isSpaced = false;
  }

  #secondAt(domain: readonly Word[]): void {
    const end = domainEnd(domain);
    const isForgottenComma = this.#phrase === undefined && end < domain.length;
    if (isForgottenComma) {
      // "ana@example.test bob@example.test"
      this.#domain = domain.slice(0, end);
      this.#finish();
      this.#words = domain.slice(end);
    } else this.#words.push({ text: `@${joined(domain)}`, isSpaced: false });
    this.#domain = [];
  }

  #colon(): void {
    if (this.#isInRoute) {
      this.#isInRoute = false;
    } else if (this.#phrase === undefined && this.#domain === undefined && !this.#isInGroup) {
      this.#into.push({ mailbox: decodeWords(joined(this.#words)) });
      this.#isInGroup = true;
      this.#reset();
    }
  }

  #finish(): void {
    if (this.#phrase !== undefined) {
      this.#push(this.#phrase, plain(this.#words), this.#domain);
    } else if (this.#domain !== undefined) {
      const from = localStart(this.#words);
      this.#push(joined(this.#words.slice(0, from)), plain(this.#words.slice(from)), this.#domain);
    } else if (this.#words.length > 0) {
      this.#push('', joined(this.#words), undefined);
    }
    this.#reset();
  }

  #push(phrase: string, mailbox: string, domain: readonly Word[] | undefined): void {
    const rawName = phrase === '' ? this.#comment : phrase;
    const address = { mailbox, domain: domain === undefined ? '' : domainOf(domain) };
    this.#into.push(rawName === '' ? address : { name: decodeWords(rawName), rawName, ...address });
  }

  #endGroup(): void {
    if (this.#isInGroup) this.#into.push({});
    this.#isInGroup = false;
  }

  #reset(): void {
    this.#words = [];
    this.#domain = undefined;
    this.#comment = '';
    this.#phrase = undefined;
    this.#isInRoute = false;
    this.#isPastAngle = false;
    this.#isSpaced = false;
  }
}

function joined(words: readonly Word[]): string {
  if (words.length === 1) return words[0]?.text ?? '';
  let text = '';
  for (const word of words) text += word.isSpaced && text !== '' ? ` ${word.text}` : word.text;
  return text;
}

function plain(words: readonly Word[]): string {
  if (words.length === 1) return words[0]?.text ?? '';
  return words.map(({ text }) => text).join('');
}

/** Where the local part before an "@" begins: what stands together, and what a dot holds together (RFC 5322 §4.4). */
function localStart(words: readonly Word[]): number {
  let at = words.length - 1;
  while (at > 0 && isJoined(words[at - 1], words[at])) at -= 1;
  return Math.max(at, 0);
}

function domainOf(words: readonly Word[]): string {
  return words.length === 1 ? (words[0]?.text ?? '') : plain(words.slice(0, domainEnd(words)));
}

function domainEnd(words: readonly Word[]): number {
  let end = 1;
  while (end < words.length && isJoined(words[end - 1], words[end])) end += 1;
  return end;
}

function isJoined(left: Word | undefined, right: Word | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  return !right.isSpaced || right.text.startsWith('.') || left.text.endsWith('.');
}
