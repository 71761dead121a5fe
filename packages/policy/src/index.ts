// The public face of @restante/policy.
export type { Check, CheckAnswer, Client } from './check.ts';
export { pass } from './check.ts';
export type { ClientPolicy, ClientPolicyOptions } from './client-policy.ts';
export { createClientPolicy } from './client-policy.ts';
export { policySection } from './config.ts';
export type { Judgement } from './evaluate.ts';
export { evaluate } from './evaluate.ts';
