// One From, no more (RFC 5322 §3.6): a second one is shown by some programs and checked by others (threat 28).
import { pass, type Check } from '../check.ts';
import type { ContentFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';

/** Nobody writes a longer one, and whose domains are looked for in it is no endless question: one that is not read is not judged. */
const bytesMax = 10_000;

export const fromField: Check<ContentFacts> = {
  name: 'from-field',
  needs: 'content',
  budgetMs: 100,
  judge({ fromFields, fromBytes }) {
    if (fromFields === 1 && fromBytes > bytesMax)
      return {
        action: 'refuse',
        detail: `a From field of ${fromBytes} bytes`,
        reply: refusal(554, '5.6.0', `The From field is longer than ${bytesMax} bytes`),
      };
    if (fromFields === 1) return pass;
    if (fromFields === 0) return { action: 'note', detail: 'there is no From field', points: 1 };
    return {
      action: 'refuse',
      detail: `${fromFields} From fields`,
      reply: refusal(
        554,
        '5.6.0',
        `The header has ${fromFields} From fields; a message has one (RFC 5322 3.6)`,
      ),
    };
  },
};
