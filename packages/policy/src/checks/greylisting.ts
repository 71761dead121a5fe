// Greylisting (RFC 6647): a server nobody here has heard of comes back in a few minutes. Never while the home of the recipient is away: then we
// may be the only server that answers.
import { pass, type Check } from '../check.ts';
import type { RecipientFacts } from '../facts.ts';
import type { Greylist } from '../greylist/greylist.ts';
import { refusal } from '../refusal.ts';

export function greylisting(greylist: Greylist, budgetMs: number): Check<RecipientFacts> {
  return {
    name: 'greylist',
    needs: 'recipient',
    budgetMs,
    async judge(facts) {
      if (facts.isHomeAway) return pass;
      // A list of good senders speaks for it.
      if ((await facts.addressHits()).some(({ points }) => points < 0)) return pass;
      const { nowMs, clientAddress, sender, recipient } = facts;
      const answer = await greylist.judge({ nowMs, clientAddress, sender, recipient });
      if (answer.kind === 'pass') return pass;
      return {
        action: 'defer',
        detail: `a server nobody here has heard of; asked to wait ${Math.ceil(answer.ms / 1000)} s`,
        reply: refusal(
          451,
          '4.7.1',
          `We have not met before; please try again in ${Math.max(1, Math.ceil(answer.ms / 60_000))} min`,
        ),
      };
    },
  };
}
