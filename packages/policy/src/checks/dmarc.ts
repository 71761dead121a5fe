// DMARC: does the domain in From stand behind this, and what does it ask for when not (RFC 9989 §5.3).
//
// Care for mailing lists and forwarders: when the chain of ARC seals holds and one of the sealers is trusted by the operator, what the
// domain asks for is not done.
import { pass, type Check, type CheckAnswer } from '../check.ts';
import type { ContentFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';
import { trustedSealer } from './trusted-sealer.ts';

export interface DmarcRule {
  readonly rule: 'follow' | 'tag' | 'note' | 'off';
  readonly failPoints: number;
  readonly trustedSealers: ReadonlySet<string>;
  readonly budgetMs: number;
}

export function dmarc(rule: DmarcRule): Check<ContentFacts> {
  return {
    name: 'dmarc',
    needs: 'content',
    budgetMs: rule.budgetMs,
    async judge(facts) {
      if (rule.rule === 'off') return pass;
      const answer = await facts.dmarc();
      const trouble = `DMARC of ${answer.fromDomain}: ${answer.problem}`;
      if (answer.result === 'temperror') return { action: 'note', detail: trouble };
      // A From that can be read in two ways is no author (threat 28): nobody can vouch for it, so nobody has.
      if (answer.result === 'permerror')
        return {
          action: rule.rule === 'note' ? 'note' : 'tag',
          detail: trouble,
          points: rule.failPoints,
        };
      if (answer.result !== 'fail') return pass;
      const detail = `nothing ${answer.fromDomain} vouches for (it asks: ${answer.policy})`;
      const sealer = await trustedSealer(facts, rule.trustedSealers);
      if (sealer !== undefined)
        return { action: 'note', detail: `${detail}; sealed by ${sealer}, which is trusted` };
      return failed(rule, answer.policy, detail, answer.fromDomain);
    },
  };
}

function failed(
  { rule, failPoints }: DmarcRule,
  policy: 'none' | 'quarantine' | 'reject',
  detail: string,
  domain: string,
): CheckAnswer {
  if (policy === 'none' || rule === 'note') return { action: 'note', detail, points: failPoints };
  if (policy === 'quarantine' || rule === 'tag')
    return { action: 'tag', detail, points: failPoints };
  return {
    action: 'refuse',
    detail,
    points: failPoints,
    // RFC 7372 has no code of its own for this; 5.7.1 as everybody.
    reply: refusal(
      550,
      '5.7.1',
      `${domain} asks that mail in its name is refused when neither SPF nor DKIM shows that it is its own (DMARC)`,
    ),
  };
}
