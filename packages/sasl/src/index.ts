// The public face of @restante/sasl.
export type {
  Credentials,
  LoginVerdict,
  SaslContext,
  SaslExchange,
  SaslStep,
  ScramKeys,
} from './sasl-server.ts';
