// What is usual for an account: where it sends from, with what, to whom, how much a day. Bounded in every direction.
import type { SendingFacts } from '../sending-watch.ts';
import { networkOf } from './place-of.ts';
import { programOf } from './program-of.ts';
import { SeenFilter } from './seen-filter.ts';

export interface Seen {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly messages: number;
}

export interface Day {
  readonly recipients: number;
  /** Of them, never written to before. */
  readonly fresh: number;
}

export interface SenderHistory {
  readonly firstMs: number;
  readonly networks: Map<string, Seen>;
  readonly addresses: Map<string, Seen>;
  readonly programs: Map<string, Seen>;
  /** Days since 1970. */
  readonly days: Map<number, Day>;
  readonly known: SeenFilter;
}

export const dayMs = 86_400_000;
const daysKept = 35;
const kept = { networks: 64, addresses: 64, programs: 16 };
const seenMaxMs = 120 * dayMs;

export function emptyHistory(nowMs: number): SenderHistory {
  return {
    firstMs: nowMs,
    networks: new Map(),
    addresses: new Map(),
    programs: new Map(),
    days: new Map(),
    known: new SeenFilter(nowMs),
  };
}

/** Takes a message into the history; answers how many of its recipients were new. */
export function learn(history: SenderHistory, facts: SendingFacts, nowMs: number): number {
  see(history.networks, networkOf(facts.clientAddress), { nowMs, max: kept.networks });
  see(history.addresses, facts.clientAddress, { nowMs, max: kept.addresses });
  const program = programOf(facts);
  if (program !== '') see(history.programs, program, { nowMs, max: kept.programs });
  let fresh = 0;
  for (const recipient of facts.recipients)
    if (history.known.add(recipient.toLowerCase(), nowMs)) fresh += 1;
  const today = Math.floor(nowMs / dayMs);
  const before = history.days.get(today) ?? { recipients: 0, fresh: 0 };
  history.days.set(today, {
    recipients: before.recipients + facts.recipients.length,
    fresh: before.fresh + fresh,
  });
  for (const day of history.days.keys()) if (day < today - daysKept) history.days.delete(day);
  return fresh;
}

/** A person looked: what was new is usual, and today begins again. */
export function makeUsual(history: SenderHistory, nowMs: number): void {
  for (const seen of [history.networks, history.addresses, history.programs])
    for (const [key, entry] of seen) seen.set(key, { ...entry, firstMs: history.firstMs - dayMs });
  history.days.delete(Math.floor(nowMs / dayMs));
}

function see(
  seen: Map<string, Seen>,
  key: string,
  { nowMs, max }: { readonly nowMs: number; readonly max: number },
): void {
  const before = seen.get(key);
  const isForgotten = before !== undefined && nowMs - before.lastMs > seenMaxMs;
  seen.delete(key);
  seen.set(
    key,
    before === undefined || isForgotten
      ? { firstMs: nowMs, lastMs: nowMs, messages: 1 }
      : { ...before, lastMs: nowMs, messages: before.messages + 1 },
  );
  for (const oldest of seen.keys()) {
    if (seen.size <= max) break;
    seen.delete(oldest);
  }
}
