// The order of entries that speak of the same mail: what somebody allowed for himself first, then the most particular subject. Pure.
import type { OperatorEntry } from './operator-lists.ts';

/** A sender says more than a network, a network more than a domain; within a kind, the longer one. */
export function byParticularity(one: OperatorEntry, other: OperatorEntry): number {
  return (
    Number(isOwnWish(other)) - Number(isOwnWish(one)) ||
    rankOf(other) - rankOf(one) ||
    personalityOf(other) - personalityOf(one) ||
    other.changedAtMs - one.changedAtMs ||
    (one.id < other.id ? -1 : 1)
  );
}

function isOwnWish(entry: OperatorEntry): boolean {
  return entry.list === 'allow' && entry.for?.includes('@') === true;
}

/** For one account, for a domain, for everybody. */
function personalityOf(entry: OperatorEntry): number {
  if (entry.for === undefined) return 0;
  return entry.for.includes('@') ? 2 : 1;
}

function rankOf({ subject }: OperatorEntry): number {
  switch (subject.kind) {
    case 'sender':
      return 3000;
    case 'network': {
      const [address = '', bits] = subject.network.split('/');
      const widest = address.includes(':') ? 128 : 32;
      return 2000 + (bits === undefined ? 1 : Number(bits) / widest) * 100;
    }
    case 'domain':
      return subject.domain.startsWith('.') ? subject.domain.length : 1000;
  }
}
