// The current pair and those who want to hear when it changes: what all sources have in common.
import type { CertificateSource } from './certificate-source.ts';
import type { CheckedPair } from './check-pair.ts';

export interface CertificateHolder {
  readonly source: Omit<CertificateSource, typeof Symbol.asyncDispose>;
  pair(): CheckedPair;
  replace(pair: CheckedPair): void;
}

export function createCertificateHolder(initial: CheckedPair): CertificateHolder {
  let pair = initial;
  const listeners = new Set<() => void>();
  return {
    source: {
      current: () => pair,
      get expiresAtMs() {
        return pair.expiresAtMs;
      },
      get names() {
        return pair.names;
      },
      onChange(listener) {
        const own = () => listener(); // The same function twice is two listeners.
        listeners.add(own);
        return { [Symbol.dispose]: () => void listeners.delete(own) };
      },
    },
    pair: () => pair,
    replace(next) {
      pair = next;
      for (const listener of listeners) listener();
    },
  };
}
