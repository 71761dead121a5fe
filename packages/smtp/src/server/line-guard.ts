// Watches the lines of a message while they pass: end of data, dots, bare CR and LF, long lines, large headers.
//
//   state         what was seen last
//   line-start    CRLF, or nothing yet
//   dot           CRLF "."
//   dot-cr        CRLF "." CR
//   in-line       anything else
//   cr            a CR that ended a line or the chunk
//
// Promises
// - Only CRLF "." CRLF ends DATA (RFC 5321 §4.1.1.4). A bare CR or LF is a fault of the whole message (§2.3.8), and what
//   stands behind it is never unstuffed, never ended by a lenient reading, never passed on: nobody is smuggled in or through.
// - The answer does not depend on how the bytes were cut into chunks. Time is linear, memory is a few bytes.
// - At most one piece comes out of a chunk; it is a view of the chunk, compacted in place when dots had to go.
export type LineFault = 'bare-lf' | 'bare-cr' | 'line-too-long' | 'header-too-large';

export interface LineGuardOptions {
  /** dots: DATA, stuffed and ended by a dot. none: BDAT, counted from outside (RFC 3030). */
  readonly framing: 'dots' | 'none';
  readonly lineMaxBytes: number;
  readonly headerMaxBytes: number;
}

type State = 'line-start' | 'dot' | 'dot-cr' | 'in-line' | 'cr';

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const endOfData = Buffer.from('\r\n.\r\n');
const nothing = Buffer.alloc(0);
/** What has been seen of the end-of-data sequence in each state. */
const seenOfEnd: Readonly<Record<State, Buffer>> = {
  'line-start': Buffer.from('\r\n'),
  dot: Buffer.from('\r\n.'),
  'dot-cr': Buffer.from('\r\n.\r'),
  'in-line': nothing,
  cr: Buffer.from('\r'),
};

export class LineGuard {
  /** The message bytes of the last read(); empty after a fault. */
  piece: Buffer = nothing;
  fault: LineFault | undefined;
  /** The end-of-data sequence has passed. */
  isEnded = false;
  readonly framing: LineGuardOptions['framing'];
  readonly #hasDots: boolean;
  readonly #options: LineGuardOptions;
  #state: State = 'line-start';
  #lineBytes = 0;
  /** Bytes of header so far; -1 once the empty line has passed. */
  #headerBytes = 0;
  /** After a fault: the last bytes that may begin the end-of-data sequence. */
  #tail: Buffer = nothing;

  constructor(options: LineGuardOptions) {
    this.framing = options.framing;
    this.#options = options;
    this.#hasDots = options.framing === 'dots';
  }

  /** True when the bytes so far end in CRLF, or there were none. */
  get isAtLineStart(): boolean {
    return this.#state === 'line-start';
  }

  /** Takes the chunk from `start`; returns where it stopped: behind the end of data, or at the end of the chunk. */
  read(chunk: Buffer, start: number): number {
    this.piece = nothing;
    if (this.fault !== undefined) return this.#seekEnd(chunk, start);
    let state = this.#state;
    let at = start;
    // chunk[start, kept) is the finished part of the piece; chunk[from, at) follows it, maybe after a gap left by dots.
    let from = start;
    let kept = start;

    while (at < chunk.length) {
      switch (state) {
        case 'line-start':
          if (chunk[at] !== DOT || !this.#hasDots) {
            state = 'in-line';
            break;
          }
          // RFC 5321 §4.5.2: a dot at the start of a line is never part of the message.
          kept = moveDown(chunk, { from, to: at, target: kept });
          at += 1;
          from = at;
          state = 'dot';
          break;
        case 'dot':
          if (chunk[at] !== CR) {
            state = 'in-line';
            break;
          }
          at += 1;
          from = at;
          state = 'dot-cr';
          break;
        case 'dot-cr':
          if (chunk[at] !== LF) return this.#fail('bare-cr', { state, chunk, at });
          this.isEnded = true;
          this.piece = chunk.subarray(start, kept);
          return at + 1;
        case 'in-line': {
          const lf = chunk.indexOf(LF, at);
          const cr = chunk.indexOf(CR, at);
          const isBareLf = lf !== -1 && (cr === -1 || lf < cr);
          const end = isBareLf ? lf : cr === -1 ? chunk.length : cr;
          this.#lineBytes += end - at;
          const excess = this.#excess();
          if (excess !== undefined) return this.#fail(excess, { state, chunk, at });
          if (isBareLf) return this.#fail('bare-lf', { state, chunk, at });
          at = end;
          if (cr !== -1) {
            at += 1;
            state = 'cr';
          }
          break;
        }
        case 'cr':
          if (chunk[at] !== LF) return this.#fail('bare-cr', { state, chunk, at });
          at += 1;
          state = 'line-start';
          if (this.#headerBytes >= 0) this.#endHeaderLine();
          this.#lineBytes = 0;
          break;
      }
    }
    this.#state = state;
    kept = moveDown(chunk, { from, to: at, target: kept });
    this.piece = start === 0 && kept === chunk.length ? chunk : chunk.subarray(start, kept);
    return chunk.length;
  }

  #endHeaderLine(): void {
    // RFC 5322 §2.1: the header ends at the first empty line.
    this.#headerBytes = this.#lineBytes === 0 ? -1 : this.#headerBytes + this.#lineBytes + 2;
  }

  /** Which limit the line has passed; the one it met first, so that the cutting into chunks makes no difference. */
  #excess(): LineFault | undefined {
    const { lineMaxBytes, headerMaxBytes } = this.#options;
    const headerLeft = this.#headerBytes < 0 ? Infinity : headerMaxBytes - this.#headerBytes;
    if (this.#lineBytes <= lineMaxBytes && this.#lineBytes <= headerLeft) return undefined;
    return headerLeft < lineMaxBytes ? 'header-too-large' : 'line-too-long';
  }

  /**
   * From here on only the end of data is looked for, from `at`, with what the state has seen of it. Not from further up:
   * the bytes before `at` may have been moved, and moved bytes can look like an end that never came over the wire.
   */
  #fail(
    fault: LineFault,
    where: { readonly state: State; readonly chunk: Buffer; readonly at: number },
  ): number {
    this.fault = fault;
    this.piece = nothing;
    this.#tail = seenOfEnd[where.state];
    return this.#seekEnd(where.chunk, where.at);
  }

  #seekEnd(chunk: Buffer, start: number): number {
    if (!this.#hasDots) return chunk.length;
    const fresh = chunk.subarray(start);
    const seam = Buffer.concat([this.#tail, fresh.subarray(0, endOfData.length - 1)]);
    const inSeam = seam.indexOf(endOfData);
    const inFresh = inSeam === -1 ? fresh.indexOf(endOfData) : inSeam - this.#tail.length;
    if (inSeam !== -1 || inFresh !== -1) {
      this.isEnded = true;
      return start + inFresh + endOfData.length;
    }
    const keep = endOfData.length - 1;
    // A copy: a view would keep the whole chunk alive.
    this.#tail = Buffer.from((fresh.length >= keep ? fresh : seam).subarray(-keep));
    return chunk.length;
  }
}

/** Moves chunk[from, to) down to `target` and returns the new end; nothing is copied when there is no gap. */
function moveDown(
  chunk: Buffer,
  range: { readonly from: number; readonly to: number; readonly target: number },
): number {
  const { from, to, target } = range;
  if (from !== target && to > from) chunk.copyWithin(target, from, to);
  return target + to - from;
}
