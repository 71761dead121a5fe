// The public face of @restante/smtp.
export type {
  Capabilities,
  ConnectSmtp,
  RecipientResult,
  ShownCertificates,
  SmtpConnectFailure,
  SmtpConnection,
  SmtpPhase,
  SmtpTarget,
  SmtpTimeouts,
  TlsPolicy,
  Transaction,
  TransactionBody,
  TransactionResult,
} from './client/smtp-connection.ts';
export type { BodyTraits } from './client/body-traits.ts';
export { traitsOf } from './client/body-traits.ts';
export { connectSmtp } from './client/connect-smtp.ts';
export type { SmtpConnectionFailureCode } from './client/connection-error.ts';
export { SmtpConnectionError, smtpConnectionFailures } from './client/connection-error.ts';
export { limitsSection } from './config.ts';
export type {
  EdgeHost,
  EdgeSession,
  MailCommand,
  MessageAnswer,
  MessageSink,
  PeerIdentity,
} from './server/edge-host.ts';
export type { CreateEdge, Edge, EdgeLimits, EdgeOptions, EdgeTls } from './server/edge.ts';
export { createEdge } from './server/create-edge.ts';
export type { ReceivedFacts } from './server/received-header.ts';
export { formatDate, formatReceived } from './server/received-header.ts';
