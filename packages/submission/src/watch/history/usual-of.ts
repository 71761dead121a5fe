// What a history says at a moment, in the numbers signals ask for. Pure.
import type { Usual } from '../signals/signal.ts';
import { dayMs, type Seen, type SenderHistory } from './sender-history.ts';

export function usualOf(
  history: SenderHistory,
  { nowMs, learnMs }: { readonly nowMs: number; readonly learnMs: number },
): Usual {
  const today = Math.floor(nowMs / dayMs);
  const before = [...history.days].filter(([day]) => day < today);
  const { recipients = 0, fresh = 0 } = history.days.get(today) ?? {};
  return {
    isLearned: nowMs - history.firstMs >= learnMs,
    newNetworks: newOnes(history.networks, nowMs),
    newPrograms: newOnes(history.programs, nowMs),
    recipientsToday: recipients,
    freshToday: fresh,
    recipientsOfBestDay: Math.max(0, ...before.map(([, day]) => day.recipients)),
  };
}

function newOnes(seen: ReadonlyMap<string, Seen>, nowMs: number): number {
  return [...seen.values()].filter(({ firstMs }) => nowMs - firstMs < dayMs).length;
}
