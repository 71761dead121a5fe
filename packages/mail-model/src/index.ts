// The public face of @restante/mail-model.
export type { Parsed } from './parsed.ts';
export type { Address } from './address.ts';
export { domainOf, localPartOf, needsSmtpUtf8, parseAddress, parseDomain } from './address.ts';
export type { DsnReturn, Envelope, EnvelopeRecipient, NotifyOn } from './envelope.ts';
export type { Origin } from './origin.ts';
export type { JudgingEvent } from './judging-events.ts';
export type { Verdict, VerdictAction, VerdictReason, SpamLevel } from './verdict.ts';
export { acceptVerdict } from './verdict.ts';
export type { SmtpReply } from './smtp-reply.ts';
export { formatReply, isPermanent, isPositive, isTransient, smtpReply } from './smtp-reply.ts';
export type { DeferralCause, DeliveryOutcome, RecipientOutcome } from './delivery-outcome.ts';
export { isFinal } from './delivery-outcome.ts';
export type { Route } from './route.ts';
export { isHomeRoute, isRoute, routeTarget } from './route.ts';
export type { MessageIdMaker } from './message-id.ts';
export {
  createMessageIdMaker,
  derivedMessageId,
  isMessageId,
  isSpoolId,
  timeOfMessageId,
} from './message-id.ts';
export { decodeXtext, encodeXtext } from './xtext.ts';
export type { HopNote } from './hop.ts';
export type { EventSink, RestanteEvent } from './events.ts';
