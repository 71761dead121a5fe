// What SpamAssassin and rspamd think of it (R7): their score against the site's own thresholds.
import { pass, type Check } from '../check.ts';
import type { ContentFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';
import { spamLevelOf } from '@restante/scanners';

export interface SpamScoreRule {
  /** 0, for each of them: never. */
  readonly likelyScore: number;
  readonly definiteScore: number;
  readonly refuseScore: number;
  readonly budgetMs: number;
}

export function spamScore(rule: SpamScoreRule): Check<ContentFacts> {
  return {
    name: 'spam-score',
    needs: 'content',
    budgetMs: rule.budgetMs,
    async judge(facts) {
      const { highest, level, isRefused } = spamLevelOf((await facts.scan()).scores, rule);
      if (highest === undefined || (level === undefined && !isRefused)) return pass;
      const detail = `${highest.by} says ${highest.score} (${highest.rules.slice(0, 8).join(', ')})`;
      if (isRefused)
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
      return { action: 'tag', detail, spam: level ?? 'likely' };
    },
  };
}
