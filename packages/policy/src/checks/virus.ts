// Viruses are refused while whoever brings them is on the line (R12): nobody else is ever told (no backscatter).
import { pass, type Check } from '../check.ts';
import type { ContentFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';

export function virus(rule: 'refuse' | 'quarantine', budgetMs: number): Check<ContentFacts> {
  return {
    name: 'virus',
    needs: 'content',
    budgetMs,
    async judge(facts) {
      const { virus: name } = await facts.scan();
      if (name === undefined) return pass;
      const detail = `clamd found ${name}`;
      if (rule === 'quarantine') return { action: 'quarantine', detail };
      return {
        action: 'refuse',
        detail,
        reply: refusal(554, '5.7.1', `A virus was found in this message: ${name}`),
      };
    },
  };
}
