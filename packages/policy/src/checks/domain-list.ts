// Lists in DNS the domain of the sender, or the name in HELO, is on. Optional; most sites weigh rather than refuse.
import type { Check } from '../check.ts';
import type { SenderFacts } from '../facts.ts';
import { hitsAnswer } from './list-hits.ts';

export function domainList(budgetMs: number, refusePoints: number): Check<SenderFacts> {
  return {
    name: 'domain-list',
    needs: 'sender',
    budgetMs,
    async judge(facts) {
      return hitsAnswer(
        await facts.domainHits(),
        refusePoints,
        ({ subject }) => `The domain ${subject}`,
      );
    },
  };
}
