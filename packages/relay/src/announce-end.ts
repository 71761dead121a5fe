// Says what became of one recipient, as an event: the log, the metrics and "restante trace" know it from here.
import { formatReply, type Route } from '@restante/mail-model';
import type { SpooledMessage } from '@restante/spool';
import type { RelayParts } from './relay-parts.ts';
import type { Ended } from './settle-one.ts';

export interface Announcement {
  readonly message: SpooledMessage;
  readonly route: Route;
  readonly end: Ended;
  readonly delayMs: number;
}

export function announceEnd(
  parts: RelayParts,
  { message, route, end: { recipient, outcome, ageMs }, delayMs }: Announcement,
): void {
  const common = { id: message.id, route, recipient, reply: formatReply(outcome.reply) };
  if (outcome.kind === 'delivered') {
    parts.onEvent({ name: 'message.delivered', ...common, by: outcome.by, ageMs });
  } else if (outcome.kind === 'rejected') {
    const isExpired = outcome.reply.code < 500;
    if (isExpired) parts.onEvent({ name: 'message.expired', ...common });
    else parts.onEvent({ name: 'message.rejected', ...common, by: outcome.by ?? '' });
  } else if (outcome.reply.code >= 500) {
    parts.onEvent({
      name: 'hop.refused',
      id: message.id,
      peer: route,
      recipient,
      reply: common.reply,
    });
  } else {
    parts.onEvent({
      name: 'message.deferred',
      ...common,
      cause: outcome.cause,
      nextDelayMs: delayMs,
    });
  }
}
