// The public face of @restante/sasl.
export { createSaslExchange, mechanismsFor } from './mechanisms.ts';
export { saslPrep } from './sasl-prep.ts';
export type {
  Credentials,
  LoginVerdict,
  SaslContext,
  SaslExchange,
  SaslStep,
  ScramKeys,
  ScramProof,
} from './sasl-server.ts';
export { deriveScramKeys, scramKeysOf } from './scram/scram-keys.ts';
