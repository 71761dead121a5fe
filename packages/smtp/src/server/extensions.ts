// What EHLO offers, to whom.
//
// BINARYMIME is offered to peers only. A binary body may hold bare CR and LF, and then it cannot go on to a next hop that
// did not offer BINARYMIME too, nor into a mailbox of lines. Offered to everybody, it would make senders give up base64
// for bodies we have to refuse; not offered, they convert and the mail arrives. Between our sites the label may travel,
// the bytes still have to be lines: a bare CR or LF in a chunk is refused like in DATA.
import type { EdgeContext } from './dialogue.ts';
import { limitsFor } from './limits-for.ts';
import { mayLogIn, offeredMechanisms } from './login-rules.ts';
import type { SessionFacts } from './session-facts.ts';

export function offeredExtensions(context: EdgeContext, facts: SessionFacts): readonly string[] {
  const isTls = facts.tls !== undefined;
  const isPeer = facts.peer !== undefined;
  return [
    'PIPELINING',
    `SIZE ${limitsFor(context.limits, facts).messageMaxBytes}`,
    '8BITMIME',
    'SMTPUTF8',
    ...(context.hasTls() && !isTls ? ['STARTTLS'] : []),
    ...(mayLogIn(context, facts) ? [`AUTH ${offeredMechanisms(context, facts).join(' ')}`] : []),
    'DSN',
    'ENHANCEDSTATUSCODES',
    'CHUNKING',
    // RFC 9422 §4.
    `LIMITS RCPTMAX=${context.recipientsMax}`,
    // RFC 8689 §2: only inside TLS.
    ...(isTls ? ['REQUIRETLS'] : []),
    ...(isPeer ? ['BINARYMIME', 'ETRN', 'XRESTANTE'] : []),
  ];
}
