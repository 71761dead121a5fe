// Mail that was refused for good where nobody may be told (who-is-told.ts): by law 4 that should not happen. It is held until
// an operator releases or deletes it (design §4.3).
//
// What policy quarantines at this site is held in the same way before its first attempt; release lets it go.
//
// Such a recipient stays pending, with a deferred outcome whose reply is the refusal's 5xx; every other deferral carries a 4xx.
// Releasing writes a 4xx over it, so that it is tried again like any other.
import { formatReply, smtpReply } from '@restante/mail-model';
import type { SpooledMessage, StoredOutcome } from '@restante/spool';
import type { RelayParts } from './relay-parts.ts';

/** True when the last word about this recipient was a permanent refusal that nobody was told of. */
export function isQuarantined(message: SpooledMessage, recipient: string): boolean {
  const last = message.outcomes.get(recipient)?.outcome;
  return last?.kind === 'deferred' && last.reply.code >= 500;
}

/** Policy wanted a person to look at it first, and nobody has released it yet. Only the site that judged keeps it (law 5). */
export function isKeptByPolicy(parts: Pick<RelayParts, 'site'>, message: SpooledMessage): boolean {
  return (
    message.verdict.action === 'quarantine' &&
    message.origin.site === parts.site &&
    message.pending.some((recipient) => !message.outcomes.has(recipient))
  );
}

export async function quarantineByPolicy(
  parts: RelayParts,
  message: SpooledMessage,
): Promise<void> {
  const why = message.verdict.reasons.map(({ check, detail }) => `${check}: ${detail}`).join('; ');
  for (const recipient of message.pending)
    parts.onEvent({ name: 'message.quarantined', id: message.id, recipient, reply: why });
  await parts.spool.hold(
    message.id,
    `quarantine: ${why.slice(0, reasonMaxLength)}; release it to deliver it, or delete it`,
  );
}

/** Holds the message once nobody but refused recipients is left. Answers whether it did. */
export async function quarantineWhenAllRefused(
  parts: RelayParts,
  message: SpooledMessage,
): Promise<boolean> {
  if (
    message.pending.length === 0 ||
    !message.pending.every((recipient) => isQuarantined(message, recipient))
  )
    return false;
  const refusals = message.pending.flatMap((recipient) => message.outcomes.get(recipient) ?? []);
  for (const { recipient, outcome } of refusals) {
    parts.onEvent({
      name: 'message.quarantined',
      id: message.id,
      recipient,
      reply: formatReply(outcome.reply),
    });
  }
  await parts.spool.hold(message.id, reasonFor(refusals));
  return true;
}

/** The operator lets it go: what was refused is tried again. Durable before the hold is lifted. */
export async function liftQuarantine(parts: RelayParts, message: SpooledMessage): Promise<void> {
  const refused = isKeptByPolicy(parts, message)
    ? message.pending
    : message.pending.filter((recipient) => isQuarantined(message, recipient));
  parts.keptBack.forget(message.id);
  if (refused.length === 0) return;
  const outcome = {
    kind: 'deferred',
    reply: releasedReply,
    cause: 'next-hop-asked-to-wait',
  } as const;
  await parts.spool.settle(
    message.id,
    refused.map((recipient) => ({ recipient, outcome })),
  );
}

const releasedReply = smtpReply(
  450,
  '4.7.0',
  'Released from quarantine by the operator; it is tried again',
);
const reasonMaxLength = 300;

function reasonFor(refusals: readonly StoredOutcome[]): string {
  const words = [...new Set(refusals.map(({ outcome }) => formatReply(outcome.reply)))]
    .join('; ')
    .slice(0, reasonMaxLength);
  // Without "by" nobody refused it: it is of a kind that its home does not take, so it was not even sent.
  const isUnsent = refusals.every(({ outcome }) => outcome.by === undefined);
  const what = isUnsent ? 'it cannot be sent to its home as it is' : 'it was refused for good';
  return `quarantine: ${what} (${words}); release it to try again, or delete it`;
}
