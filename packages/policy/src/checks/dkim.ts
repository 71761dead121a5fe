// DKIM: a signature that holds speaks for nobody yet (spammers sign, too), one that does not is as if it were not there (RFC 6376 §6.1). Only
// noted; dmarc and own-domain draw the conclusions.
import { pass, type Check } from '../check.ts';
import type { ContentFacts } from '../facts.ts';

export function dkim(budgetMs: number): Check<ContentFacts> {
  return {
    name: 'dkim',
    needs: 'content',
    budgetMs,
    async judge(facts) {
      const broken = (await facts.dkim()).filter(({ result }) => result !== 'pass');
      if (broken.length === 0) return pass;
      return {
        action: 'note',
        detail: broken
          .map(({ domain, result, problem }) => `signature of ${domain}: ${problem ?? result}`)
          .join('; '),
      };
    },
  };
}
