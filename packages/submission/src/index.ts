// The public face of @restante/submission.
export { submissionSection } from './config.ts';
export type { SubmissionOptions, SubmissionSettings } from './create-submission-host.ts';
export { createSubmissionHost } from './create-submission-host.ts';
export type { SendLimitSettings } from './send-limits.ts';
export { createMemorySendTally } from './tally/memory-send-tally.ts';
export type { RedisCaller, RedisSendTallyOptions } from './tally/redis-send-tally.ts';
export { createRedisSendTally } from './tally/redis-send-tally.ts';
export type { SendCount, SendSums, SendTally } from './tally/send-tally.ts';
export type { TwoHosts } from './with-people.ts';
export { withPeople } from './with-people.ts';
