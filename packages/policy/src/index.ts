// The public face of @restante/policy.
export { policySection } from './config.ts';
