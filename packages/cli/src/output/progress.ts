// Shows that long work goes on: one line that is written over on a terminal, nothing in a pipe (the counts come at the end).
import type { Surroundings } from '../surroundings.ts';

export interface Progress extends Disposable {
  /** As often as one likes; drawn ten times a second at most. */
  show(sentence: string): void;
}

const drawEveryMs = 100;

export function createProgress({ stderr, now }: Surroundings): Progress {
  let drawnAtMs = 0;
  let isDrawn = false;
  return {
    show(sentence) {
      if (!stderr.isTty || now() - drawnAtMs < drawEveryMs) return;
      drawnAtMs = now();
      isDrawn = true;
      stderr.write(`\r\u001b[K  ${sentence}`);
    },
    [Symbol.dispose]() {
      if (isDrawn) stderr.write('\r\u001b[K');
    },
  };
}
