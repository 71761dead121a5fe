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
