// A scanner that could not say is not "clean": what then happens is the site's choice, by default taken and noted.
import { pass, type Check } from '../check.ts';
import type { ContentFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';

export function scannerDown(
  rule: 'accept' | 'tag' | 'defer',
  budgetMs: number,
): Check<ContentFacts> {
  return {
    name: 'scanner-down',
    needs: 'content',
    budgetMs,
    async judge(facts) {
      const { failed } = await facts.scan();
      if (failed.length === 0) return pass;
      const detail = failed.map(({ scanner, why }) => `${scanner}: ${why}`).join('; ');
      // What is too large for a scanner is too large tomorrow: coming later would not help.
      const isLasting = failed.every(({ kind }) => kind === 'unable');
      if (rule === 'accept' || (rule === 'defer' && isLasting)) return { action: 'note', detail };
      if (rule === 'tag') return { action: 'tag', detail };
      return {
        action: 'defer',
        detail,
        reply: refusal(451, '4.7.1', 'This message cannot be checked now; please try again later'),
      };
    },
  };
}
