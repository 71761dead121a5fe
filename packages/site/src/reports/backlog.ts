// Work that no mail waits for, one piece after the other: what is too much at once is not taken. Each piece deals with its own failures.
export interface Backlog extends AsyncDisposable {
  /** False: there is too much already. `bytes` is what it holds in memory until it is done. */
  add(piece: { readonly bytes: number; readonly run: () => Promise<void> }): boolean;
}

export function createBacklog({
  piecesMax,
  bytesMax,
}: {
  readonly piecesMax: number;
  readonly bytesMax: number;
}): Backlog {
  let pieces = 0;
  let held = 0;
  let isClosed = false;
  let last = Promise.resolve();
  return {
    add({ bytes, run }) {
      if (isClosed || pieces >= piecesMax || (pieces > 0 && held + bytes > bytesMax)) return false;
      pieces += 1;
      held += bytes;
      last = last
        .then(async () => (isClosed ? undefined : run()))
        .finally(() => {
          pieces -= 1;
          held -= bytes;
        });
      return true;
    },
    /** What is being done is finished, what waits is not. */
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await last;
    },
  };
}
