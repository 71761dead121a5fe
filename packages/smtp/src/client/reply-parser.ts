// Reads replies off the wire as bytes arrive (RFC 5321 §4.2.1), single or multi-line.
//
// Promises
// - Whatever the other side sends, memory stays bounded: lines, lines per reply and unread rest have limits.
// - Anything that is not a reply is a problem, never a guess; after a problem the parser reads nothing more.
// - Control characters do not get past here: replies end up in logs, terminals and DSNs.
import type { SmtpReply } from '@restante/mail-model';

// RFC 5321 §4.5.3.1.5 allows 512 octets; real servers exceed that, so the bound is ours.
const lineMaxBytes = 4_096;
const linesMax = 128;

const enhancedCode = /^([245]\.\d{1,3}\.\d{1,3})(?: +|$)/;
const controls = /[\x00-\x08\x0a-\x1f\x7f]/g;
const notAscii = /[^\x00-\x7f]/;

export class ReplyParser {
  readonly #onReply: (reply: SmtpReply) => void;
  #rest = '';
  #code = 0;
  #enhanced = '';
  #lines: string[] = [];
  #problem: string | undefined;

  constructor(onReply: (reply: SmtpReply) => void) {
    this.#onReply = onReply;
  }

  /** True when nothing is left over: no half line, no half reply. */
  get isEmpty(): boolean {
    return this.#rest === '' && this.#code === 0;
  }

  /** Why reading stopped, for good. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Hands every complete reply to the callback, in order. */
  push(chunk: Buffer): void {
    if (this.#problem !== undefined) return;
    const text =
      this.#rest === '' ? chunk.toString('latin1') : this.#rest + chunk.toString('latin1');
    let from = 0;
    for (;;) {
      const end = text.indexOf('\n', from);
      if (end < 0) break;
      const stop = end > from && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
      this.#readLine(text.slice(from, stop));
      if (this.#problem !== undefined) return;
      from = end + 1;
    }
    this.#rest = from === text.length ? '' : text.slice(from);
    if (this.#rest.length > lineMaxBytes) this.#fail('a line without end');
  }

  #readLine(line: string): void {
    const code = codeOf(line);
    const separator = line.length > 3 ? line.charCodeAt(3) : 32;
    if (code === 0 || (separator !== 32 && separator !== 45)) {
      return this.#fail(`"${clean(line.slice(0, 60))}"`);
    }
    if (line.length > lineMaxBytes) return this.#fail('a line longer than allowed');
    // RFC 5321 §4.2.1: every line of a reply begins with the same code.
    if (this.#code !== 0 && this.#code !== code) return this.#fail('lines of two replies mixed');
    this.#code = code;
    this.#readText(line.length > 4 ? line.slice(4) : '', code);
    if (separator === 45) {
      if (this.#lines.length >= linesMax) this.#fail('a reply with too many lines');
      return;
    }
    const text = this.#lines.length === 1 ? (this.#lines[0] ?? '') : this.#lines.join('\n');
    const reply: SmtpReply = { code, enhanced: this.#enhanced, text };
    this.#code = 0;
    this.#enhanced = '';
    this.#lines = [];
    this.#onReply(reply);
  }

  /** RFC 2034 §3: the enhanced code stands at the front of every line; it is kept once. */
  #readText(raw: string, code: number): void {
    let text = raw;
    const found = enhancedCode.exec(raw);
    // RFC 3463 §2: a class that contradicts the reply is not an enhanced code but text.
    if (found?.[1] !== undefined && raw.charCodeAt(0) - 48 === Math.trunc(code / 100)) {
      this.#enhanced ||= found[1];
      text = raw.slice(found[0].length);
    }
    this.#lines.push(clean(text));
  }

  #fail(what: string): void {
    this.#problem = `not an SMTP reply: ${what}`;
    this.#rest = '';
  }
}

/** 200-599, or 0 when the line begins with something else. */
function codeOf(line: string): number {
  const hundreds = line.charCodeAt(0) - 48;
  const tens = line.charCodeAt(1) - 48;
  const ones = line.charCodeAt(2) - 48;
  const isCode = hundreds >= 2 && hundreds <= 5 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9;
  return isCode ? hundreds * 100 + tens * 10 + ones : 0;
}

/** RFC 6531 §3.7.4.2 lets replies hold UTF-8. */
function clean(latin1: string): string {
  const text = notAscii.test(latin1) ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1;
  return text.replace(controls, '?');
}
