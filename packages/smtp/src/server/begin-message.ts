// What DATA and the first BDAT have in common: may a message begin now, and where do its bytes go?
import type { SmtpReply } from '@restante/mail-model';
import type { Dialogue } from './dialogue.ts';
import type { MessageSink } from './edge-host.ts';
import { limitsFor } from './limits-for.ts';
import { MessageIntake } from './message-intake.ts';
import { replies } from './replies.ts';
import { toSmtpReply } from './to-smtp-reply.ts';
import type { Transaction } from './transaction.ts';
import type { Soon } from './when-known.ts';

/** The intake, now part of the transaction; or the reply that refuses the message. Never throws. */
export function beginMessage(
  dialogue: Dialogue,
  transaction: Transaction,
  framing: 'dots' | 'none',
): Soon<MessageIntake | SmtpReply> {
  const { context, facts } = dialogue;
  if (transaction.recipients.length === 0) return emptyEnvelope(transaction);
  const { envelope, mail } = transaction;
  // Caught here already: the octets of a chunk have to be read whatever happened (RFC 3030 §2).
  const onFailure = (failure: unknown) => toSmtpReply(context.onEvent, 'begin-message', failure);
  const takeUp = (sink: MessageSink | SmtpReply): MessageIntake | SmtpReply => {
    if ('code' in sink) return sink;
    const { limits, onEvent, clock } = context;
    const parts = {
      sink,
      limits: limitsFor(limits, facts),
      onEvent,
      clientAddress: facts.remoteAddress,
      sinceMs: clock.monotonicMs(),
    };
    const intake = new MessageIntake(parts, framing);
    transaction.intake = intake;
    // While the host thought, the session ended: nobody else would end the sink.
    if (dialogue.transaction !== transaction) intake.abandon('client gone');
    return intake;
  };
  try {
    const sink = context.host.beginMessage(facts, { mail, envelope });
    return sink instanceof Promise ? sink.then(takeUp, onFailure) : takeUp(sink);
  } catch (failure) {
    return onFailure(failure);
  }
}

/** RFC 5321 §4.1.1.4: 503 when RCPT is missing, 554 when every recipient was refused. */
function emptyEnvelope(transaction: Transaction): SmtpReply {
  return transaction.hasRefusedRecipients ? replies.noRecipients : replies.rcptFirst;
}
