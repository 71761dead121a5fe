// What DATA and the first BDAT have in common: may a message begin now, and where do its bytes go?
import type { SmtpReply } from '@restante/mail-model';
import type { Dialogue } from './dialogue.ts';
import { limitsFor } from './limits-for.ts';
import { MessageIntake } from './message-intake.ts';
import { replies } from './replies.ts';
import { toSmtpReply } from './to-smtp-reply.ts';
import type { Transaction } from './transaction.ts';

/** The intake, now part of the transaction; or the reply that refuses the message. */
export async function beginMessage(
  dialogue: Dialogue,
  transaction: Transaction,
  framing: 'dots' | 'none',
): Promise<MessageIntake | SmtpReply> {
  const { context, facts } = dialogue;
  if (transaction.recipients.length === 0) return emptyEnvelope(transaction);
  const { envelope, mail } = transaction;
  let sink;
  try {
    sink = await context.host.beginMessage(facts, { mail, envelope });
  } catch (failure) {
    // Caught here already: the octets of a chunk have to be read whatever happened (RFC 3030 §2).
    return toSmtpReply(context.onEvent, 'begin-message', failure);
  }
  if ('code' in sink) return sink;

  const { limits, onEvent, clock } = context;
  const parts = {
    sink,
    limits: limitsFor(limits, facts),
    onEvent,
    clientAddress: facts.remoteAddress,
    sinceMs: clock.monotonicMs(),
  };
  transaction.intake = new MessageIntake(parts, framing);
  return transaction.intake;
}

/** RFC 5321 §4.1.1.4: 503 when RCPT is missing, 554 when every recipient was refused. */
function emptyEnvelope(transaction: Transaction): SmtpReply {
  return transaction.hasRefusedRecipients ? replies.noRecipients : replies.rcptFirst;
}
