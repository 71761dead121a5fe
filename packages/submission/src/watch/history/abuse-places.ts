// Where the abuse came from: addresses an account first sent from within the last days, in networks that are as new. Where its
// owner is at home was known before, and is not among them, whatever address his provider gives him. Pure.
import type { AbusePlace } from '../sending-watch.ts';
import { networkOf, subjectOf } from './place-of.ts';
import { dayMs, type SenderHistory } from './sender-history.ts';

const recentMs = 3 * dayMs;

export function abusePlacesOf(
  history: SenderHistory | undefined,
  nowMs: number,
): readonly AbusePlace[] {
  const places = new Map<string, AbusePlace>();
  for (const [address, { firstMs, lastMs, messages }] of history?.addresses ?? []) {
    const subject = subjectOf(address);
    const isOfLate = (sinceMs: number) => nowMs - sinceMs <= recentMs;
    const network = history?.networks.get(networkOf(address));
    if (subject === undefined || !isOfLate(firstMs) || !isOfLate(network?.firstMs ?? firstMs))
      continue;
    const before = places.get(subject);
    places.set(subject, {
      subject,
      firstMs: Math.min(firstMs, before?.firstMs ?? firstMs),
      lastMs: Math.max(lastMs, before?.lastMs ?? lastMs),
      messages: messages + (before?.messages ?? 0),
    });
  }
  return [...places.values()].toSorted((a, b) => b.messages - a.messages);
}
