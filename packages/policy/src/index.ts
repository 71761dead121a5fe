// The public face of @restante/policy.
export type { Checks, ChecksOf } from './build-checks.ts';
export { buildChecks } from './build-checks.ts';
export type { Check, CheckAction, CheckAnswer, Stage } from './check.ts';
export { pass } from './check.ts';
export type { ClientPolicy, ClientPolicyOptions } from './client-policy.ts';
export { createClientPolicy } from './client-policy.ts';
export { policySection } from './config.ts';
export type { ContentAnswer, ContentJudge, ContentParts, WaitingMessage } from './content-judge.ts';
export { evaluate, type Finding } from './evaluate.ts';
export type { ContentFacts, RecipientFacts, SenderFacts } from './facts.ts';
export type { Greylist, GreylistAnswer, GreylistQuestion } from './greylist/greylist.ts';
export type { GreylistEvent } from './greylist/greylist.ts';
export { greylistSection } from './greylist/config.ts';
export { createGreylist, type GreylistOptions } from './greylist/create-greylist.ts';
export { createHarvestGuard, type HarvestGuardOptions } from './harvest/create-harvest-guard.ts';
export type { HarvestBlock, HarvestGuard } from './harvest/harvest-guard.ts';
export { judgingSection } from './judging-config.ts';
export type {
  EntryChanges,
  EntryKind,
  EntrySubject,
  MatchFacts,
  NewEntry,
  OperatorEntry,
  OperatorLists,
} from './operator-lists/operator-lists.ts';
export {
  openOperatorLists,
  type OperatorListsOptions,
} from './operator-lists/open-operator-lists.ts';
export { parseSubject, subjectText } from './operator-lists/parse-subject.ts';
export { PolicyError, policyFailures, type PolicyFailureCode } from './errors.ts';
export { createNetworks, type Networks } from './networks.ts';
export { profilesOf, type Profile, type Profiles } from './profile.ts';
export type { Rules } from './rules.ts';
export { readReason } from './refusal.ts';
export { tryOut, type TriedOut, type TryOut } from './try-out.ts';
export { explanations, type Explanation, type InTwoLanguages } from './explain/explanations.ts';
export { createStrangerJudge } from './stranger-judge.ts';
export type { JudgedSession, StrangerJudge, StrangerJudgeParts } from './stranger-judge.ts';
export type { DmarcJudged } from './tell-dmarc.ts';
export type { SenderTools } from './transaction.ts';
export { verdictOf, weigh, type Judgement, type Thresholds } from './weigh.ts';
