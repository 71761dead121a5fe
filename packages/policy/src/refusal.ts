// What a stranger is told: what happened, and what he can do. The word in brackets is the name of the check; `restante explain` knows it.
import { smtpReply, type SmtpReply } from '@restante/mail-model';

const textMax = 380;

/** `text` is one line; whatever came from outside is made printable ASCII here. */
export function refusal(code: 450 | 451 | 550 | 554, enhanced: string, text: string): SmtpReply {
  const printable = text.replaceAll(/[^\x20-\x7e]+/g, '?');
  return smtpReply(
    code,
    enhanced,
    printable.length > textMax ? `${printable.slice(0, textMax)}...` : printable,
  );
}

/** With the name of the check and the id under which the decision is kept. */
export function withReason(reply: SmtpReply, check: string, decision: string): SmtpReply {
  return { ...reply, text: `${reply.text} [${check} ${decision}]` };
}

const form = /\[([a-z][a-z-]{1,40}) ([A-Za-z0-9-]{8,64})\]/;

/** What withReason() wrote, found in a bounce or a log. */
export function readReason(
  text: string,
): { readonly check: string; readonly decision: string } | undefined {
  const match = form.exec(text);
  const [, check, decision] = match ?? [];
  return check === undefined || decision === undefined ? undefined : { check, decision };
}
