// ETRN (RFC 1985): a peer that is back asks for its mail now. Strangers may not make us work.
import { parseDomain } from '@restante/mail-model';
import type { SmtpVerb } from './dialogue.ts';
import { replies } from './replies.ts';

export const etrn: SmtpVerb = {
  verb: 'ETRN',
  needsHello: true,
  endsGroup: false,
  run: async (dialogue, argument) => {
    const { context, facts } = dialogue;
    if (facts.peer === undefined) return dialogue.reply(replies.etrnNotAllowed);
    if (dialogue.transaction !== undefined) return dialogue.complain(replies.nestedMail);
    // RFC 1985 §5.3: "@domain" also means its subdomains; we have queues by domain only, so it means the domain.
    const domain = parseDomain(argument.replace(/^@/, ''));
    if (!domain.ok) return dialogue.complain(replies.badParameter(domain.problem));
    dialogue.reply(await context.host.startDrain(facts, domain.value));
  },
};
