// Answers that are there at once are used at once: nearly every answer of the host is, and a promise for each would cost more than
// the answer itself.

/** Known now, or later. */
export type Soon<T> = T | Promise<T>;

/** Goes on with the answer; a promise only when there is something to wait for. */
export function whenKnown<T, R>(answer: Soon<T>, goOn: (answer: T) => Soon<R>): Soon<R> {
  return answer instanceof Promise ? answer.then(goOn) : goOn(answer);
}
