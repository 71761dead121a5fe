// What SpamAssassin and rspamd think of it (R7): their score against the site's own thresholds.
import { pass, type Check } from '../check.ts';
import type { ContentFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';

export interface SpamScoreRule {
  readonly likelyScore: number;
  readonly definiteScore: number;
  /** 0: never. */
  readonly refuseScore: number;
  readonly budgetMs: number;
}

export function spamScore(rule: SpamScoreRule): Check<ContentFacts> {
  return {
    name: 'spam-score',
    needs: 'content',
    budgetMs: rule.budgetMs,
    async judge(facts) {
      const { scores } = await facts.scan();
      const worst = scores.toSorted((a, b) => b.score - a.score)[0];
      if (worst === undefined) return pass;
      const detail = `${worst.by} says ${worst.score} (${worst.rules.slice(0, 8).join(', ')})`;
      if (rule.refuseScore > 0 && worst.score >= rule.refuseScore)
        return {
          action: 'refuse',
          detail,
          spam: 'definite',
          reply: refusal(
            550,
            '5.7.1',
            'This message looks like spam to our filter; write it differently, or to the postmaster',
          ),
        };
      if (worst.score >= rule.definiteScore) return { action: 'tag', detail, spam: 'definite' };
      if (worst.score >= rule.likelyScore) return { action: 'tag', detail, spam: 'likely' };
      return pass;
    },
  };
}
