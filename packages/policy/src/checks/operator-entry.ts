// What the operator, or the recipient himself, wrote down about this sender: refused. (What is allowed is asked for before any check.)
import { pass, type Check } from '../check.ts';
import type { RecipientFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';

export const operatorEntry: Check<RecipientFacts> = {
  name: 'operator-list',
  needs: 'recipient',
  budgetMs: 100,
  judge({ entries }) {
    const blocked = entries.find(({ list }) => list === 'block');
    if (blocked === undefined) return pass;
    return {
      action: 'refuse',
      detail: `blocked by ${blocked.author}: ${blocked.reason}`,
      reply: refusal(
        550,
        '5.7.1',
        'Mail from you is blocked here by hand; please write to the postmaster',
      ),
    };
  },
};
