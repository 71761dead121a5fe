// What a body needs of the way it travels. Reads every byte once; keeps none.
//
// RFC 5321 §2.3.8: CR and LF appear only together. A bare one is how one message is smuggled inside another, so we find
// it before a byte is sent.
import { isAscii } from 'node:buffer';

export interface BodyTraits {
  readonly hasBareNewline: boolean;
  readonly isAscii: boolean;
  /** Some line begins with a dot, so DATA must stuff it (RFC 5321 §4.5.2). */
  readonly hasLeadingDot: boolean;
  /** True for an empty body too. */
  readonly endsWithCrlf: boolean;
}

// A search in a one-byte string is several times faster than hopping through a Buffer.
const bareNewline = /\r(?!\n)|(?<!\r)\n/g;

/** Traits of a body that is in memory. */
export function traitsOf(bytes: Buffer): BodyTraits {
  const inspector = new BodyInspector();
  inspector.push(bytes);
  return inspector.traits();
}

/** The same for a body that comes in chunks, cut anywhere. */
export class BodyInspector {
  /** The last two octets so far; a body begins where a line ended. */
  #tail = '\r\n';
  #hasBareNewline = false;
  #isAscii = true;
  #hasLeadingDot = false;

  push(chunk: Buffer): void {
    if (chunk.length === 0 || this.#hasBareNewline) return;
    const text = chunk.toString('latin1');
    this.#hasBareNewline = this.#findsBareNewline(text);
    this.#hasLeadingDot ||=
      text.includes('\n.') || (this.#tail.endsWith('\n') && text.startsWith('.'));
    this.#isAscii &&= isAscii(chunk);
    this.#tail = text.length > 1 ? text.slice(-2) : this.#tail.slice(-1) + text;
  }

  #findsBareNewline(text: string): boolean {
    const awaitsLf = this.#tail.endsWith('\r');
    if (awaitsLf !== text.startsWith('\n')) return true;
    bareNewline.lastIndex = awaitsLf ? 1 : 0;
    // A CR at the very end may still find its LF in the next chunk.
    return bareNewline.test(text.endsWith('\r') ? text.slice(0, -1) : text);
  }

  traits(): BodyTraits {
    return {
      hasBareNewline: this.#hasBareNewline || this.#tail.endsWith('\r'),
      isAscii: this.#isAscii,
      hasLeadingDot: this.#hasLeadingDot,
      endsWithCrlf: this.#tail === '\r\n',
    };
  }
}
