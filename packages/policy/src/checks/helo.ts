// HELO sanity: who greets with our own name lies; who greets without a name (RFC 5321 §4.1.4) is weighed, never refused for it alone.
import { isIP } from 'node:net';
import { pass, type Check } from '../check.ts';
import type { SenderFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';

export interface HeloRule {
  /** Our own names and domains, lower case: nobody else is called so. */
  readonly ownNames: ReadonlySet<string>;
  readonly onLie: 'refuse' | 'note' | 'off';
  readonly points: number;
}

export function helo(rule: HeloRule): Check<SenderFacts> {
  return {
    name: 'helo',
    needs: 'sender',
    budgetMs: 100,
    judge({ helo: said }) {
      if (rule.onLie === 'off') return pass;
      const name = said.toLowerCase().replace(/\.$/, '');
      if (rule.ownNames.has(name)) {
        const detail = `greeted with our own name ${name}`;
        if (rule.onLie === 'note') return { action: 'note', detail, points: rule.points };
        return {
          action: 'refuse',
          detail,
          points: rule.points,
          reply: refusal(550, '5.7.1', `You greeted with our own name; greet with yours`),
        };
      }
      const hasName = name.startsWith('[') || (name.includes('.') && isIP(name) === 0);
      return hasName
        ? pass
        : { action: 'note', detail: `greeted without a full name`, points: rule.points };
    },
  };
}
