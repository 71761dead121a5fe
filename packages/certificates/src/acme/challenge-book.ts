// What we answer an authority that asks at http://NAME/.well-known/acme-challenge/TOKEN (RFC 8555 §8.3).
//
// Holds only the tokens of the running order; everything else is unknown. No files, no paths: a token is a key of a map.
export interface ChallengeBook {
  /** Until disposed. */
  answer(token: string, keyAuthorization: string): Disposable;
  /** The body for a request path, undefined when it is not ours. */
  bodyFor(path: string): string | undefined;
}

const prefix = '/.well-known/acme-challenge/';

export function createChallengeBook(): ChallengeBook {
  const answers = new Map<string, string>();
  return {
    answer(token, keyAuthorization) {
      answers.set(token, keyAuthorization);
      return { [Symbol.dispose]: () => void answers.delete(token) };
    },
    bodyFor: (path) =>
      path.startsWith(prefix) ? answers.get(path.slice(prefix.length)) : undefined,
  };
}
