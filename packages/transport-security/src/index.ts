// The public face of @restante/transport-security.
export { transportSecuritySection } from './config.ts';
export type { TransportSecurityFailureCode } from './errors.ts';
export { TransportSecurityError, transportSecurityFailures } from './errors.ts';
export type {
  MailServerOf,
  PolicyKind,
  TlsDemand,
  TransportSecurity,
} from './transport-security.ts';
export type { TransportSecurityOptions } from './create-transport-security.ts';
export { createTransportSecurity } from './create-transport-security.ts';
export { judgeDane } from './dane/judge-dane.ts';
export { isUsable as isUsableTlsa } from './dane/tlsa-match.ts';
export type { FetchStsPolicy } from './mta-sts/fetch-sts-policy.ts';
export { createStsFetcher } from './mta-sts/fetch-sts-policy.ts';
export type { StsPolicy } from './mta-sts/sts-policy.ts';
export { isNamedBy, readStsRecord } from './mta-sts/sts-policy.ts';
