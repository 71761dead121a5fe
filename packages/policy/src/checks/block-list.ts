// Lists in DNS the client's address is on (R8). Lists of good senders weigh against the others.
import { pass, type Check } from '../check.ts';
import type { SenderFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';
import { hitsAnswer } from './list-hits.ts';

export function blockList(budgetMs: number, refusePoints: number): Check<SenderFacts> {
  return {
    name: 'block-list',
    needs: 'sender',
    budgetMs,
    async judge(facts) {
      const hits = await facts.addressHits();
      if (hits.length === 0) return pass;
      return hitsAnswer(hits, refusePoints, (worst) =>
        refusal(
          550,
          '5.7.1',
          `Your address ${facts.clientAddress} is listed by ${worst.zone}; ask there to be removed${worst.text === undefined ? '' : ` (${worst.text})`}`,
        ),
      );
    },
  };
}
