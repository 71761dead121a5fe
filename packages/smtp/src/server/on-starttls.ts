// STARTTLS (RFC 3207). What was sent behind it in clear text is never executed (CVE-2011-0411): the group rule refuses
// it, and the parser that holds it is thrown away. All that was said before is forgotten (RFC 3207 §4.2).
import type { SmtpVerb } from './dialogue.ts';
import { replies } from './replies.ts';

export const starttls: SmtpVerb = {
  verb: 'STARTTLS',
  needsHello: true,
  endsGroup: true,
  run: (dialogue, argument) => {
    if (argument !== '') return dialogue.complain(replies.noArgument);
    if (dialogue.facts.tls !== undefined) return dialogue.complain(replies.tlsAlready);
    if (!dialogue.context.hasTls()) return dialogue.complain(replies.tlsNotOffered);
    dialogue.reply(replies.readyForTls);
    dialogue.startTls();
  },
};
