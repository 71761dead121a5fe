// How long each check may take: as long as all it asks for, one after the other, and a second more.
//
// SPF, signatures and scanners end by themselves within budgets of their own, and say then that they do not know. A check that gave up
// before them would count as pass: a stranger could let his own name server be slow, and nobody would look at his From any more.
import type { ChecksOf } from './build-checks.ts';

export interface CheckBudgets {
  /** SPF, reverse name, lists. */
  readonly sender: number;
  readonly signatures: number;
  /** Who the author is: SPF, signatures, DMARC, and the chain of seals. */
  readonly author: number;
  readonly scanners: number;
}

const spareMs = 1000;

export function checkBudgets({
  settings: { senderBudgetMs, contentBudgetMs },
  scanners: { spamdBudgetMs, rspamdBudgetMs, clamdBudgetMs },
}: Pick<ChecksOf, 'settings' | 'scanners'>): CheckBudgets {
  return {
    sender: senderBudgetMs + spareMs,
    signatures: contentBudgetMs + spareMs,
    author: 2 * senderBudgetMs + 2 * contentBudgetMs + spareMs,
    scanners: Math.max(spamdBudgetMs, rspamdBudgetMs, clamdBudgetMs) + spareMs,
  };
}
