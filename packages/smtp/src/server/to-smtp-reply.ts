// The one translator of this border (house rule): what was thrown while a client waited -> what the client hears.
//
// Law 7: an unknown failure is temporary. The client hears little; the event carries the cause for the log.
import type { EventSink, SmtpReply } from '@restante/mail-model';
import { replies } from './replies.ts';

/** `phase` says where it happened: a verb, "end-of-data" ... */
export function toSmtpReply(onEvent: EventSink, phase: string, failure: unknown): SmtpReply {
  onEvent({ name: 'message.not-accepted', reason: phase, cause: failure });
  return replies.ourFault;
}
