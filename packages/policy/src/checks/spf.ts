// SPF (RFC 7208 §8): what the domain of the sender says about this client. Used "in a limited way" (R10): whether a fail refuses or only
// weighs is the site's choice.
import { pass, type Check } from '../check.ts';
import type { SenderFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';

export interface SpfRule {
  readonly onFail: 'refuse' | 'note' | 'off';
  readonly failPoints: number;
  readonly softfailPoints: number;
  readonly whenUnknown: 'accept' | 'defer';
  readonly budgetMs: number;
}

export function spf(rule: SpfRule): Check<SenderFacts> {
  return {
    name: 'spf',
    needs: 'sender',
    budgetMs: rule.budgetMs,
    async judge(facts) {
      if (rule.onFail === 'off') return pass;
      const answer = await facts.spf();
      const about = `${answer.domain} about ${facts.clientAddress}`;
      switch (answer.result) {
        case 'fail': {
          const detail = `SPF fail of ${about}${answer.mechanism === undefined ? '' : ` (${answer.mechanism})`}`;
          if (rule.onFail === 'note') return { action: 'note', detail, points: rule.failPoints };
          // RFC 7208 §8.4: 550 5.7.23 (RFC 7372 §3.2), with the domain's own words, which are marked as such (§6.2).
          const words =
            answer.explanation === undefined
              ? `${answer.domain} does not let ${facts.clientAddress} send its mail`
              : `${answer.domain} explains: ${answer.explanation}`;
          return {
            action: 'refuse',
            detail,
            points: rule.failPoints,
            reply: refusal(550, '5.7.23', `SPF: ${words}`),
          };
        }
        case 'softfail':
          return {
            action: 'note',
            detail: `SPF softfail of ${about}`,
            points: rule.softfailPoints,
          };
        case 'temperror':
          // RFC 7208 §8.6: either goes; most sites would rather have the mail.
          return rule.whenUnknown === 'accept'
            ? {
                action: 'note',
                detail: `SPF of ${about} could not be found out: ${answer.problem}`,
              }
            : {
                action: 'defer',
                detail: `SPF of ${about} could not be found out: ${answer.problem}`,
                reply: refusal(
                  451,
                  '4.4.3',
                  `The SPF record of ${answer.domain} cannot be read now`,
                ),
              };
        case 'permerror':
          return { action: 'note', detail: `SPF record of ${answer.domain}: ${answer.problem}` };
        case 'none':
        case 'neutral':
        case 'pass':
          return pass;
      }
    },
  };
}
