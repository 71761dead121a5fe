// The public face of @restante/delivery.
export { deliverySection } from './config.ts';
export type { AttemptedRecipient, Deliverer, DelivererOf } from './deliverer.ts';
export type { MessageToDeliver, SpoolBodyLike } from './message-to-deliver.ts';
export { classifyFailure, classifyResult } from './classify-reply.ts';
export type { PoolAnswer, SmtpPool, SmtpPoolOptions, SmtpPoolStats } from './smtp-pool.ts';
export { createSmtpPool } from './smtp-pool.ts';
export type { OnResult, TransactionExtras } from './attempt-through-pool.ts';
export type { HopDeliverer, HopDelivererOptions } from './hop-deliverer.ts';
export { createHopDeliverer } from './hop-deliverer.ts';
export type { InternetDelivererOptions } from './internet/internet-deliverer.ts';
export { createInternetDeliverer } from './internet/internet-deliverer.ts';
export type {
  FindMailServersOptions,
  MailServer,
  MxResolver,
} from './internet/find-mail-servers.ts';
export type { AdvisedServer, AdvisedTls, TlsAdvice } from './internet/tls-advice.ts';
export type { AddressGuard, AddressGuardOptions } from './internet/address-guard.ts';
export { createAddressGuard } from './internet/address-guard.ts';
export type { AlternateExitOptions, ExitPeer } from './exit/alternate-exit.ts';
export { createAlternateExit } from './exit/alternate-exit.ts';
export type { Dsn, DsnKind, DsnRecipient, DsnRequest } from './dsn/dsn-request.ts';
export { buildDsn } from './dsn/build-dsn.ts';
export type { ReportDecision, ReportQuestion } from './dsn/should-report.ts';
export { shouldReport } from './dsn/should-report.ts';
