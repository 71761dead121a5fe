// The base subject (RFC 5256 §2.1): a subject without "Re:", "Fwd:", "(fwd)" and list tags, by which messages are sorted and threaded.
import { decodeWords } from './encoded-words.ts';

export interface BaseSubject {
  readonly text: string;
  /** Something that says so was taken away (RFC 5256 §3, REFERENCES step 5). */
  readonly isReplyOrForward: boolean;
}

/** `subject` as it stands in the header. */
export function baseSubject(subject: string): BaseSubject {
  // Step 1: decoded, and every run of blanks one space.
  const text = decodeWords(subject)
    .replaceAll(/[\t\r\n ]+/g, ' ')
    .trim();
  return new Cutter(text).cut();
}

/** Moves two ends towards each other instead of making new strings: linear for "Re: Re: Re: ...". */
class Cutter {
  readonly #text: string;
  #start = 0;
  #end: number;
  #isReplyOrForward = false;

  constructor(text: string) {
    this.#text = text;
    this.#end = text.length;
  }

  cut(): BaseSubject {
    do {
      // Step 2.
      while (this.#cutTrailer());
      // Steps 3 to 5. A chain of blobs that no "re:" follows is looked through once, then cut.
      while (this.#cutLeader());
      while (this.#cutBlob());
      // Step 6.
    } while (this.#unwrapForward());
    return {
      text: this.#text.slice(this.#start, this.#end),
      isReplyOrForward: this.#isReplyOrForward,
    };
  }

  /** subj-trailer: "(fwd)" or a space. */
  #cutTrailer(): boolean {
    if (this.#end > this.#start && this.#text[this.#end - 1] === ' ') {
      this.#end -= 1;
      return true;
    }
    if (this.#end - this.#start < 5) return false;
    if (this.#text.slice(this.#end - 5, this.#end).toLowerCase() !== '(fwd)') return false;
    this.#end -= 5;
    this.#isReplyOrForward = true;
    return true;
  }

  /** subj-leader: blobs, then "re", "fw" or "fwd", perhaps a blob, a colon; or a space. */
  #cutLeader(): boolean {
    if (this.#start < this.#end && this.#text[this.#start] === ' ') {
      this.#start += 1;
      return true;
    }
    let at = this.#start;
    for (let next = this.#blobEnd(at); next > at; next = this.#blobEnd(at)) at = next;
    const word = /^(?:re|fwd?) ?/i.exec(this.#text.slice(at, Math.min(at + 4, this.#end)))?.[0];
    if (word === undefined) return false;
    at = this.#blobEnd(at + word.length);
    if (at >= this.#end || this.#text[at] !== ':') return false;
    this.#start = at + 1;
    this.#isReplyOrForward = true;
    return true;
  }

  /** A "[tag]" at the beginning, when something else would be left. */
  #cutBlob(): boolean {
    const end = this.#blobEnd(this.#start);
    if (end === this.#start || end >= this.#end) return false;
    this.#start = end;
    return true;
  }

  #blobEnd(at: number): number {
    if (this.#text[at] !== '[') return at;
    const close = this.#text.indexOf(']', at);
    const open = this.#text.indexOf('[', at + 1);
    if (close < 0 || close >= this.#end || (open >= 0 && open < close)) return at;
    let end = close + 1;
    while (end < this.#end && this.#text[end] === ' ') end += 1;
    return end;
  }

  /** "[fwd: ...]" */
  #unwrapForward(): boolean {
    if (this.#text[this.#end - 1] !== ']') return false;
    if (this.#text.slice(this.#start, this.#start + 5).toLowerCase() !== '[fwd:') return false;
    this.#start += 5;
    this.#end -= 1;
    this.#isReplyOrForward = true;
    return true;
  }
}
