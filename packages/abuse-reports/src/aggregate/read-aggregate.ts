// Reads the XML of a DMARC aggregate report: RFC 9990's, RFC 7489's (appendix C), and what people made of them.
//
// Promises
// - Bounded: depth, length of a value, number of rows. A document type is refused, so there are no entities but XML's own five.
// - Element names count, namespaces and order do not. Small mistakes of form ("&" as it is) are passed over; a document that is cut off
//   is unreadable, because half of the numbers are none.
// - Read in pieces with a pause between them: others get their turn.
import { setImmediate as turn } from 'node:timers/promises';
import { SaxesParser } from 'saxes';
import type { ReadReport } from '../reports.ts';
import { AggregateDraft } from './aggregate-draft.ts';

const pieceCharacters = 64 * 1024;
const depthMax = 20;
const textMax = 2000;
const nameMax = 200;

/** "none": some other XML. */
export async function readAggregate(xml: Buffer): Promise<ReadReport> {
  const reader = new FeedbackReader();
  const text = decoded(xml);
  for (let at = 0; at < text.length && !reader.isDone; at += pieceCharacters) {
    reader.write(text.slice(at, at + pieceCharacters));
    if (at > 0) await turn();
  }
  return reader.answer();
}

class FeedbackReader {
  readonly #parser = new SaxesParser();
  readonly #draft = new AggregateDraft();
  readonly #path: string[] = [];
  #text = '';
  #problem: string | undefined;
  #isOther = false;
  #isClosed = false;

  constructor() {
    // With somebody listening, mistakes do not end the reading; saxes goes on behind them.
    this.#parser.on('error', () => undefined);
    this.#parser.on('doctype', (doctype) => this.#refuse(doctype));
    this.#parser.on('opentagstart', ({ name }) => this.#open(localName(name)));
    this.#parser.on('text', (text) => this.#add(text));
    this.#parser.on('cdata', (text) => this.#add(text));
    this.#parser.on('closetag', () => this.#close());
  }

  get isDone(): boolean {
    return this.#problem !== undefined || this.#isOther || this.#isClosed;
  }

  write(piece: string): void {
    this.#parser.write(piece);
  }

  answer(): ReadReport {
    if (this.#isOther) return { kind: 'none' };
    if (this.#problem !== undefined) return { kind: 'unreadable', problem: this.#problem };
    if (this.#isClosed) return this.#draft.finish();
    return this.#path.length === 0
      ? { kind: 'none' }
      : { kind: 'unreadable', problem: 'The report is cut off.' };
  }

  /** Web pages have one; a report that has one wants something of us. */
  #refuse(doctype: string): void {
    if (/^\s*feedback\b/i.test(doctype)) this.#stop('The report has a document type of its own.');
    else this.#isOther = true;
  }

  #open(name: string): void {
    if (this.isDone) return;
    if (this.#path.length === 0 && name !== 'feedback') this.#isOther = true;
    if (this.#path.length >= depthMax) this.#stop('The report is nested too deep.');
    this.#path.push(name.slice(0, nameMax));
    this.#text = '';
  }

  #add(text: string): void {
    if (this.#text.length < textMax) this.#text += text.slice(0, textMax);
  }

  #close(): void {
    if (this.isDone) return;
    // Without the root: "record/row/count".
    const problem = this.#draft.note(this.#path.slice(1).join('/'), this.#text.trim());
    if (problem !== undefined) this.#stop(problem);
    this.#path.pop();
    this.#text = '';
    this.#isClosed = this.#path.length === 0;
  }

  #stop(problem: string): void {
    this.#problem ??= problem;
  }
}

/** UTF-8, or UTF-16 where the mark says so. Blanks before the XML declaration are somebody's mistake. */
function decoded(xml: Buffer): string {
  const isUtf16 = xml[0] === 0xff && xml[1] === 0xfe;
  const text = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(xml).trimStart();
  // An "&" that begins nothing XML knows would swallow all behind it.
  return text.replaceAll(/&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});)/gi, '&amp;');
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase();
}
