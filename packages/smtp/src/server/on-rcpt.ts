// RCPT TO (RFC 5321 §4.1.1.3): asks the host about each recipient, keeps the accepted ones, each once.
import { isPositive, needsSmtpUtf8, parseAddress, type Parsed } from '@restante/mail-model';
import type { SmtpVerb } from './dialogue.ts';
import { parseParameters } from './parse-parameters.ts';
import { parsePath } from './parse-path.ts';
import { readRcptParameters } from './rcpt-parameters.ts';
import { replies } from './replies.ts';
import { whenKnown } from './when-known.ts';

export const rcpt: SmtpVerb = {
  verb: 'RCPT',
  needsHello: true,
  endsGroup: false,
  run: (dialogue, argument) => {
    const { transaction, context, facts } = dialogue;
    if (transaction === undefined) return dialogue.complain(replies.mailFirst);
    if (transaction.intake !== undefined || transaction.chunkRefusal !== undefined) {
      return dialogue.complain(replies.rcptAfterChunk);
    }
    const path = parsePath('TO', argument);
    if (!path.ok) return dialogue.complain(replies.rcptSyntax);
    const parameters = parseParameters(path.value.parameters);
    if (!parameters.ok) return dialogue.complain(replies.badParameter(parameters.problem));

    // From here on a refusal is about this recipient; DATA has to know that there was one.
    transaction.hasRefusedRecipients = true;
    const address = parseRecipient(path.value.path, context.hostname);
    if (!address.ok) return dialogue.reply(replies.badRecipient(address.problem));
    if (needsSmtpUtf8(path.value.path) && !transaction.mail.smtpUtf8) {
      return dialogue.reply(replies.utf8NotAsked);
    }
    const read = readRcptParameters(address.value, parameters.value);
    if ('refusal' in read) return dialogue.reply(read.refusal);

    // Named twice, delivered once.
    if (transaction.has(address.value)) return dialogue.reply(replies.recipientOk);
    // RFC 5321 §4.5.3.1.8: accept at least 100 recipients, then answer 452.
    if (transaction.recipients.length >= context.recipientsMax) {
      return dialogue.reply(replies.tooManyRecipients);
    }
    const asked = {
      mail: transaction.mail,
      recipient: read.recipient,
      accepted: transaction.recipients,
    };
    return whenKnown(context.host.judgeRecipient(facts, asked), (answer) => {
      if (answer === undefined || isPositive(answer)) transaction.add(read.recipient);
      dialogue.reply(answer ?? replies.recipientOk);
    });
  },
};

function parseRecipient(path: string, hostname: string): Parsed<string> {
  // RFC 5321 §4.1.1.3: "postmaster" needs no domain; it is ours then.
  if (path.toLowerCase() === 'postmaster') return { ok: true, value: `postmaster@${hostname}` };
  const parsed = parseAddress(path);
  return parsed.ok ? { ok: true, value: `${parsed.value.local}@${parsed.value.domain}` } : parsed;
}
