// The public face of @restante/submission.
export { submissionSection } from './config.ts';
export type { SubmissionOptions, SubmissionSettings } from './create-submission-host.ts';
export { createSubmissionHost } from './create-submission-host.ts';
export { guardSending, type SendingGuard, type SendingGuardOptions } from './guard-sending.ts';
export type { OwnSendLimits, SendLimitSettings } from './send-limits.ts';
export {
  createSuspensions,
  type Explained,
  type Resumed,
  type StoppedAccount,
  type Suspended,
  type Suspensions,
  type SuspensionsOptions,
} from './suspension/suspensions.ts';
export {
  createWaitingMail,
  holdReason,
  type WaitingMail,
  type WaitingMailParts,
} from './suspension/waiting-mail.ts';
export { createMemorySendTally } from './tally/memory-send-tally.ts';
export type { RedisSendTallyOptions } from './tally/redis-send-tally.ts';
export { createRedisSendTally } from './tally/redis-send-tally.ts';
export type { SendCount, SendSums, SendTally } from './tally/send-tally.ts';
export type { TwoHosts } from './with-people.ts';
export { withPeople } from './with-people.ts';
export { watchSection } from './watch/config.ts';
export { createSendingWatch, type SendingWatchOptions } from './watch/create-sending-watch.ts';
export type {
  AbusePlace,
  Finding,
  SendingFacts,
  SendingOutcome,
  SendingWatch,
  Suspicion,
  WatchSettings,
} from './watch/sending-watch.ts';
