// Mail that claims to be from one of our own domains without our signature or a login is refused: the page's DomainKeys rule (R10).
//
// It passes when one of our domains' own signatures holds (it left us and came back: a mailing list, a forwarder that changes nothing), when
// the domain's SPF names the client (a service the domain's owner lets send), when a trusted sealer passed it on, or when somebody here
// wrote down that it is welcome.
import { pass, type Check } from '../check.ts';
import type { ContentFacts } from '../facts.ts';
import { refusal } from '../refusal.ts';
import { trustedSealer } from './trusted-sealer.ts';

export interface OwnDomainRule {
  readonly rule: 'refuse' | 'tag' | 'off';
  readonly isOurs: (domain: string) => boolean;
  readonly trustedSealers: ReadonlySet<string>;
  readonly budgetMs: number;
}

export function ownDomain(rule: OwnDomainRule): Check<ContentFacts> {
  return {
    name: 'own-domain',
    needs: 'content',
    budgetMs: rule.budgetMs,
    async judge(facts) {
      if (rule.rule === 'off') return pass;
      const ours = facts.fromDomains.filter(rule.isOurs);
      if (ours.length === 0) return pass;
      const shown = [...(await facts.dkim()), await facts.spf()].filter(
        ({ result }) => result === 'pass',
      );
      // Each for itself: who may speak for one of them may not speak for the others.
      const claimed = ours.find((one) => shown.every(({ domain }) => domain !== one));
      if (claimed === undefined) return pass;
      const detail = `says it is from ${claimed}, which is ours, without our signature`;
      const sealer = await trustedSealer(facts, rule.trustedSealers);
      if (sealer !== undefined)
        return { action: 'note', detail: `${detail}; sealed by ${sealer}, which is trusted` };
      if (rule.rule === 'tag') return { action: 'tag', detail };
      return {
        action: 'refuse',
        detail,
        reply: refusal(
          550,
          '5.7.1',
          `Mail from ${claimed} must come from its own servers; if it is yours, log in to send (port 465 or 587)`,
        ),
      };
    },
  };
}
