// Work that no mail waits for, one piece after the other: what is too much at once is not taken. Each piece deals with its own failures.
/** Ends soon once the signal says so. */
type Run = (signal: AbortSignal) => Promise<void>;

export interface Backlog extends AsyncDisposable {
  /** False: there is too much already. `bytes` is what it holds in memory until it is done. */
  add(piece: { readonly bytes: number; readonly run: Run }): boolean;
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
  const stopping = new AbortController();
  const { signal } = stopping;
  let last = Promise.resolve();
  return {
    add({ bytes, run }) {
      if (signal.aborted || pieces >= piecesMax || (pieces > 0 && held + bytes > bytesMax))
        return false;
      pieces += 1;
      held += bytes;
      last = last
        .then(async () => (signal.aborted ? undefined : run(signal)))
        .finally(() => {
          pieces -= 1;
          held -= bytes;
        });
      return true;
    },
    /** What is being done is finished, what waits is not. */
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await last;
    },
  };
}
