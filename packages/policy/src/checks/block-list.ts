// Lists in DNS the client's address is on (R8). Lists of good senders weigh against the others.
import type { Check } from '../check.ts';
import type { SenderFacts } from '../facts.ts';
import { hitsAnswer } from './list-hits.ts';

export function blockList(budgetMs: number, refusePoints: number): Check<SenderFacts> {
  return {
    name: 'block-list',
    needs: 'sender',
    budgetMs,
    async judge(facts) {
      return hitsAnswer(
        await facts.addressHits(),
        refusePoints,
        () => `Your address ${facts.clientAddress}`,
      );
    },
  };
}
