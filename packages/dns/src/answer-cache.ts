// Remembers answers, also "there is nothing", no longer than their time to live and no more than a number of them.
import type { DnsAnswer, RecordType } from './resolver.ts';

export type Remembered =
  | { readonly kind: 'records'; readonly answer: DnsAnswer<RecordType> }
  | { readonly kind: 'nothing'; readonly code: 'ENOTFOUND' | 'ENODATA' };

export interface AnswerCache {
  get(key: string): Remembered | undefined;
  set(key: string, value: Remembered, ttlSeconds: number): void;
  clear(): void;
  readonly size: number;
}

export interface CacheOptions {
  readonly max: number;
  readonly ttlMaxSeconds: number;
  readonly negativeTtlMaxSeconds: number;
  nowMs(): number;
}

export function createAnswerCache({
  max,
  ttlMaxSeconds,
  negativeTtlMaxSeconds,
  nowMs,
}: CacheOptions): AnswerCache {
  // A Map keeps the order of insertion: the first key is the oldest.
  const entries = new Map<string, { readonly value: Remembered; readonly untilMs: number }>();
  return {
    get size() {
      return entries.size;
    },
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      if (entry.untilMs > nowMs()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set(key, value, ttlSeconds) {
      const limit = value.kind === 'records' ? ttlMaxSeconds : negativeTtlMaxSeconds;
      const kept = Math.min(ttlSeconds, limit);
      if (kept <= 0) return;
      entries.delete(key);
      for (const oldest of entries.keys()) {
        if (entries.size < max) break;
        entries.delete(oldest);
      }
      entries.set(key, { value, untilMs: nowMs() + kept * 1000 });
    },
    clear: () => entries.clear(),
  };
}
