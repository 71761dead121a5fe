// Decides what an answer of the next hop means for a recipient: delivered, deferred or rejected. The only file that does.
//
// Law 7: an unknown failure is temporary. Only a permanent answer that we understand, to a question that was about this
// message or recipient, rejects. What a server says about itself (greeting, EHLO, 421) is never held against a message.
// A deferred outcome always carries a 4xx reply; where the server's own was 5xx, its words are kept in the text.
import { DnsError } from '@restante/dns';
import { formatReply, isPermanent, isPositive, smtpReply } from '@restante/mail-model';
import type { DeferralCause, DeliveryOutcome, SmtpReply } from '@restante/mail-model';
import { SmtpConnectionError } from '@restante/smtp';
import type { RecipientResult } from '@restante/smtp';
import { NoRoute } from './internet/no-route.ts';
import { NoSession } from './internet/no-session.ts';

/** One recipient of one transaction; `by` is the host we talked to. `isPeer`: it is a site of our own cluster. */
export function classifyResult(
  result: RecipientResult,
  { by, isPeer = false }: { readonly by: string; readonly isPeer?: boolean },
): DeliveryOutcome {
  const { reply, phase } = result;
  if (result.by === 'lost')
    return { kind: 'deferred', reply: asTransient(reply), cause: 'connection-lost', by };
  if (result.by === 'ours') return ofOurOwn(reply);
  if (isPositive(reply)) {
    // Only the reply to end-of-data moves responsibility (RFC 5321 §4.2.5).
    if (phase === 'end-of-data' && reply.code < 300) return { kind: 'delivered', reply, by };
    return { kind: 'deferred', reply: asTransient(reply), cause: 'our-own-fault', by };
  }
  if (isPermanent(reply))
    return isPeer && isAboutTheHop(result) ? waits(result, by) : ofPermanent(result, by);
  return waits(result, by);
}

/** No connection came to be, so nothing was said about any message. */
export function classifyFailure(failure: unknown): DeliveryOutcome {
  // The last server's words.
  if (failure instanceof NoSession && failure.failures.length > 0)
    return classifyFailure(failure.failures.at(-1));
  if (failure instanceof NoRoute) return failure.outcome;
  if (failure instanceof SmtpConnectionError) {
    const words =
      failure.reply === undefined
        ? failure.message
        : `${failure.message}: ${formatReply(failure.reply)}`;
    const cause = causeOf(failure);
    // RFC 3463 §3.5 and §3.8: X.4.1 no answer; X.7.5 cryptographic failure.
    const enhanced = cause === 'tls-not-available' ? '4.7.5' : '4.4.1';
    return { kind: 'deferred', reply: smtpReply(451, enhanced, words), cause, by: failure.peer };
  }
  if (failure instanceof DnsError) {
    // RFC 3463 §3.5: X.4.3. The next hop is fixed, so even "no such name" is a mistake of ours and not the sender's.
    return {
      kind: 'deferred',
      reply: smtpReply(451, '4.4.3', failure.message),
      cause: 'name-not-resolved',
    };
  }
  const why = failure instanceof Error ? failure.message : String(failure);
  return {
    kind: 'deferred',
    reply: smtpReply(451, '4.3.0', `The attempt failed on our side: ${why}`),
    cause: 'our-own-fault',
  };
}

/** We are stopping; the message is tried again after the start. */
export const stoppedOutcome: DeliveryOutcome = {
  kind: 'deferred',
  reply: smtpReply(451, '4.3.2', 'This server is stopping; the message will be tried again.'),
  cause: 'our-own-fault',
};

/** RFC 5321 §4.5.3.1.10: the server took as many recipients as it wants; the others get a transaction of their own. */
export function isTooManyRecipients({ reply, phase, by }: RecipientResult): boolean {
  if (by !== 'answered' || phase !== 'rcpt') return false;
  if (reply.code === 452) return reply.enhanced === '' || reply.enhanced === '4.5.3';
  return (
    isPermanent(reply) &&
    (reply.enhanced === '5.5.3' || (reply.code === 552 && !isAboutMailbox(reply)))
  );
}

function ofOurOwn(reply: SmtpReply): DeliveryOutcome {
  return isPermanent(reply)
    ? { kind: 'rejected', reply }
    : { kind: 'deferred', reply, cause: 'our-own-fault' };
}

function ofPermanent(result: RecipientResult, by: string): DeliveryOutcome {
  const { reply, phase } = result;
  // RFC 5321 §4.5.3.1.10: 552 to RCPT is an old way to say 452.
  if (isTooManyRecipients(result)) {
    return {
      kind: 'deferred',
      reply: asTransient(reply, 452),
      cause: 'next-hop-asked-to-wait',
      by,
    };
  }
  // Out of step, or a server that does not know MAIL, RCPT or DATA: that is between it and us, not about this message.
  const isAboutUs =
    reply.code === 500 || reply.code === 502 || reply.code === 503 || reply.enhanced === '5.5.1';
  if (isAboutUs) return waits(result, by);
  const isAboutMessage =
    phase === 'mail' ||
    phase === 'rcpt' ||
    phase === 'data' ||
    phase === 'body' ||
    phase === 'end-of-data';
  if (isAboutMessage) return { kind: 'rejected', reply, by };
  return { kind: 'deferred', reply: asTransient(reply), cause: 'next-hop-unreachable', by };
}

/**
 * A site of our own judges nobody at MAIL: what it refuses there is the note we sent along, most likely because the two sites
 * run different versions for a while. Only "too large" is about the message.
 */
function isAboutTheHop({ reply, phase }: RecipientResult): boolean {
  return phase === 'mail' && reply.code !== 552 && reply.enhanced !== '5.3.4';
}

function waits({ reply }: RecipientResult, by: string): DeliveryOutcome {
  return { kind: 'deferred', reply: asTransient(reply), cause: 'next-hop-asked-to-wait', by };
}

/** RFC 3463 §3.3: mailbox full, message too long for the mailbox or the system. These mean what they say. */
function isAboutMailbox({ enhanced }: SmtpReply): boolean {
  return enhanced === '5.2.2' || enhanced === '5.2.3' || enhanced === '5.3.4';
}

function causeOf({ code }: SmtpConnectionError): DeferralCause {
  if (code === 'SMTP_TLS_FAILED' || code === 'SMTP_TLS_NOT_OFFERED') return 'tls-not-available';
  return code === 'SMTP_STOPPED' ? 'our-own-fault' : 'next-hop-unreachable';
}

function asTransient(reply: SmtpReply, code = 451): SmtpReply {
  if (reply.code >= 400 && reply.code < 500) return reply;
  const enhanced = reply.enhanced === '' ? '4.0.0' : `4${reply.enhanced.slice(1)}`;
  return smtpReply(code, enhanced, `The next server said: ${formatReply(reply)}`);
}
