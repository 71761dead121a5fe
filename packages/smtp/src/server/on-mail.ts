// MAIL FROM (RFC 5321 §4.1.1.2): begins a transaction. The host is asked about the sender.
import { isPositive, needsSmtpUtf8, parseAddress, type Parsed } from '@restante/mail-model';
import type { Dialogue, SmtpVerb } from './dialogue.ts';
import { limitsFor } from './limits-for.ts';
import { mayLogIn } from './login-rules.ts';
import { readMailParameters } from './mail-parameters.ts';
import { parseParameters } from './parse-parameters.ts';
import { parsePath } from './parse-path.ts';
import { replies } from './replies.ts';
import { Transaction } from './transaction.ts';
import { type Soon, whenKnown } from './when-known.ts';

export const mail: SmtpVerb = {
  verb: 'MAIL',
  needsHello: true,
  endsGroup: false,
  run: (dialogue, argument) => {
    if (dialogue.transaction !== undefined) return dialogue.complain(replies.nestedMail);
    // RFC 4954 §6: and a client that has not even asked for TLS learns what comes first (RFC 3207 §4).
    if (dialogue.context.requiresAuth && dialogue.facts.account === undefined) {
      const isPrivate = mayLogIn(dialogue.context, dialogue.facts);
      return dialogue.reply(isPrivate ? replies.authFirst : replies.tlsFirst);
    }
    const path = parsePath('FROM', argument);
    if (!path.ok) return dialogue.complain(replies.mailSyntax);
    const parameters = parseParameters(path.value.parameters);
    if (!parameters.ok) return dialogue.complain(replies.badParameter(parameters.problem));

    const sender = parseSender(path.value.path);
    if (!sender.ok) return dialogue.complain(replies.badSender(sender.problem));
    const { facts, context } = dialogue;
    const read = readMailParameters(sender.value, parameters.value, {
      messageMaxBytes: limitsFor(context.limits, facts).messageMaxBytes,
      isTls: facts.tls !== undefined,
      isPeer: facts.peer !== undefined,
    });
    if ('refusal' in read) return dialogue.reply(read.refusal);
    // RFC 6531 §3.5: checked on what was said, before a UTF-8 domain became ASCII.
    if (needsSmtpUtf8(path.value.path) && !read.mail.smtpUtf8) {
      return dialogue.reply(replies.utf8NotAsked);
    }
    return askHost(dialogue, new Transaction(read.mail));
  },
};

function askHost(dialogue: Dialogue, transaction: Transaction): Soon<void> {
  const { facts, context } = dialogue;
  facts.isUtf8 = transaction.mail.smtpUtf8;
  return whenKnown(context.host.judgeSender(facts, transaction.mail), (answer) => {
    if (answer === undefined || isPositive(answer)) dialogue.begin(transaction);
    else facts.isUtf8 = false;
    dialogue.reply(answer ?? replies.senderOk);
  });
}

function parseSender(path: string): Parsed<string> {
  // RFC 5321 §4.5.5: the null reverse-path of delivery reports.
  if (path === '') return { ok: true, value: '' };
  const parsed = parseAddress(path);
  return parsed.ok ? { ok: true, value: `${parsed.value.local}@${parsed.value.domain}` } : parsed;
}
