// Lists in DNS the domain of the sender, or the name in HELO, is on. Optional; most sites weigh rather than refuse.
import { pass, type Check } from '../check.ts';
import type { SenderFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';
import { hitsAnswer } from './list-hits.ts';

export function domainList(budgetMs: number, refusePoints: number): Check<SenderFacts> {
  return {
    name: 'domain-list',
    needs: 'sender',
    budgetMs,
    async judge(facts) {
      const hits = await facts.domainHits();
      if (hits.length === 0) return pass;
      return hitsAnswer(hits, refusePoints, (worst) =>
        refusal(
          550,
          '5.7.1',
          `The domain ${worst.subject} is listed by ${worst.zone}; ask there to be removed${worst.text === undefined ? '' : ` (${worst.text})`}`,
        ),
      );
    },
  };
}
