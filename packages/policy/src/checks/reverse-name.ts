// Does the client's address have a name that leads back to it? Mail servers of people who know what they do have one (R11).
import { pass, type Check } from '../check.ts';
import type { SenderFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';

export interface ReverseNameRule {
  readonly onMissing: 'refuse' | 'note' | 'off';
  readonly points: number;
  readonly budgetMs: number;
}

export function reverseName(rule: ReverseNameRule): Check<SenderFacts> {
  return {
    name: 'reverse-name',
    needs: 'sender',
    budgetMs: rule.budgetMs,
    async judge(facts) {
      if (rule.onMissing === 'off') return pass;
      const answer = await facts.reverseName();
      if (answer.result === 'pass') return pass;
      if (answer.result === 'temperror') return { action: 'note', detail: answer.problem };
      if (rule.onMissing === 'note')
        return { action: 'note', detail: answer.problem, points: rule.points };
      return {
        action: 'refuse',
        detail: answer.problem,
        points: rule.points,
        reply: refusal(
          550,
          '5.7.25',
          `Your address ${facts.clientAddress} has no name in DNS that leads back to it (PTR); ask whoever gave you the address`,
        ),
      };
    },
  };
}
