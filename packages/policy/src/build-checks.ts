// The checks of a site, in the order their reasons are listed. A new check is a file in checks/ and a line here.
import type { SectionValues } from '@restante/config';
import { blockList } from './checks/block-list.ts';
import { dkim } from './checks/dkim.ts';
import { dmarc } from './checks/dmarc.ts';
import { domainList } from './checks/domain-list.ts';
import { fromField } from './checks/from-field.ts';
import { greylisting } from './checks/greylisting.ts';
import { helo } from './checks/helo.ts';
import { operatorEntry } from './checks/operator-entry.ts';
import { ownDomain } from './checks/own-domain.ts';
import { reverseName } from './checks/reverse-name.ts';
import { scannerDown } from './checks/scanner-down.ts';
import { spamScore } from './checks/spam-score.ts';
import { spf } from './checks/spf.ts';
import { virus } from './checks/virus.ts';
import { checkBudgets } from './check-budgets.ts';
import type { Check } from './check.ts';
import type { ContentFacts, RecipientFacts, SenderFacts } from './facts.ts';
import type { Greylist } from './greylist/greylist.ts';
import type { judgingSection } from './judging-config.ts';

export interface ChecksOf {
  readonly settings: SectionValues<typeof judgingSection>;
  /** Absent: the site does not greylist. */
  readonly greylist?: Greylist;
  readonly scanners: {
    readonly isConfigured: boolean;
    readonly likelyScore: number;
    readonly definiteScore: number;
    readonly refuseScore: number;
    readonly whenDown: 'accept' | 'tag' | 'defer';
    readonly virus: 'refuse' | 'quarantine';
    readonly spamdBudgetMs: number;
    readonly rspamdBudgetMs: number;
    readonly clamdBudgetMs: number;
  };
  /** Names and domains nobody else greets with, lower case. */
  readonly ownNames: ReadonlySet<string>;
  readonly isOurs: (domain: string) => boolean;
}

export interface Checks {
  readonly senderChecks: readonly Check<SenderFacts>[];
  readonly recipientChecks: readonly Check<RecipientFacts>[];
  readonly contentChecks: readonly Check<ContentFacts>[];
}

export function buildChecks(parts: ChecksOf): Checks {
  const { settings, greylist, scanners, ownNames, isOurs } = parts;
  const trustedSealers = new Set(settings.trustedSealers.map((name) => name.toLowerCase()));
  const budgets = checkBudgets(parts);
  return {
    senderChecks: [
      helo({ ownNames, onLie: settings.heloLie, points: settings.heloPoints }),
      blockList(budgets.sender, settings.listRefusePoints),
      domainList(budgets.sender, settings.listRefusePoints),
      spf({
        onFail: settings.spfOnFail,
        failPoints: settings.spfFailPoints,
        softfailPoints: settings.spfSoftfailPoints,
        whenUnknown: settings.whenDnsIsDown,
        budgetMs: budgets.sender,
      }),
      reverseName({
        onMissing: settings.reverseName,
        points: settings.reverseNamePoints,
        budgetMs: budgets.sender,
      }),
    ],
    recipientChecks: [
      operatorEntry,
      ...(greylist === undefined ? [] : [greylisting(greylist, budgets.sender)]),
    ],
    contentChecks: [
      fromField,
      dkim(budgets.signatures),
      dmarc({
        rule: settings.dmarc,
        failPoints: settings.dmarcFailPoints,
        trustedSealers,
        budgetMs: budgets.author,
      }),
      ownDomain({
        rule: settings.ownDomains,
        isOurs,
        trustedSealers,
        budgetMs: budgets.author,
      }),
      ...(scanners.isConfigured
        ? [
            virus(scanners.virus, budgets.scanners),
            spamScore({ ...scanners, budgetMs: budgets.scanners }),
            scannerDown(scanners.whenDown, budgets.scanners),
          ]
        : []),
    ],
  };
}
