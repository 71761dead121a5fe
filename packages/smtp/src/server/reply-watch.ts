// Which of our final replies has the client demonstrably read? (RFC 1047: a lost reply makes a client send again.)
//
// A reply counts as seen when a command begins behind every byte that had arrived when the reply was written. A client
// that pipelines the next MAIL behind its final dot has not seen anything by that; its command was here before.
//
// Promise: for each answer exactly one of onReplySeen and onReplyLost is called, once.
import type { MessageAnswer } from './edge-host.ts';

interface Watched {
  readonly answer: MessageAnswer;
  /** How many bytes had arrived when it was written; Infinity while it is not written. */
  arrivedBytes: number;
}

export class ReplyWatch {
  readonly #watched: Watched[] = [];

  /** The reply is about to be written. */
  add(answer: MessageAnswer): void {
    if (answer.onReplySeen === undefined && answer.onReplyLost === undefined) return;
    this.#watched.push({ answer, arrivedBytes: Infinity });
  }

  get isIdle(): boolean {
    return this.#watched.length === 0;
  }

  /** Everything added so far has been written, after this many bytes of the client. */
  written(arrivedBytes: number): void {
    for (const watched of this.#watched) {
      if (watched.arrivedBytes === Infinity) watched.arrivedBytes = arrivedBytes;
    }
  }

  /** A command came that begins behind this many bytes. */
  commandAfter(bytes: number): void {
    while (this.#watched[0] !== undefined && this.#watched[0].arrivedBytes <= bytes) {
      this.#watched.shift()?.answer.onReplySeen?.();
    }
  }

  /** The session is over. */
  close(): void {
    for (const { answer } of this.#watched.splice(0)) answer.onReplyLost?.();
  }
}
