// A home refused for good what its backup had accepted for it. By law 4 that should not happen; when it does, no stranger
// gets a bounce: the message is held at the backup until an operator releases or deletes it (design §4.3).
//
// Such a recipient stays pending, with a deferred outcome whose reply is the home's 5xx.
import type { SpooledMessage } from '@restante/spool';
import type { RelayParts } from './relay-parts.ts';

/** True when the last word about this recipient was a home's permanent refusal. */
export function isQuarantined(message: SpooledMessage, recipient: string): boolean {
  const last = message.outcomes.get(recipient)?.outcome;
  return last?.kind === 'deferred' && last.reply.code >= 500;
}

/** Holds the message once nobody but refused recipients is left. Answers whether it did. */
export async function quarantineWhenAllRefused(parts: RelayParts, message: SpooledMessage): Promise<boolean> {
  if (message.pending.length === 0 || !message.pending.every((recipient) => isQuarantined(message, recipient))) return false;
  for (const recipient of message.pending) {
    const reply = message.outcomes.get(recipient)?.outcome.reply;
    const words = reply === undefined ? '' : `${reply.code} ${reply.enhanced} ${reply.text}`;
    parts.onEvent({ name: 'message.quarantined', id: message.id, recipient, reply: words });
  }
  await parts.spool.hold(message.id, 'quarantine: the home refused it for good; release it to try again, or delete it');
  return true;
}
