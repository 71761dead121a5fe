// An alias may point elsewhere: then a copy goes back into the spool for that address, under an id of its own.
//
// Idempotent: the copy's id is made from the message and the address, so trying again after a crash stores nothing twice.
// A circle of aliases ends at once: the copy says on top which address it was delivered to, and where it has been.
// The envelope sender stays as it was; strict SPF receivers may refuse such mail, which the operator's help says.
import { createHash } from 'node:crypto';
import { derivedMessageId, type EnvelopeRecipient } from '@restante/mail-model';
import type { MessageToDeliver } from '@restante/delivery';
import type { Spool } from '@restante/spool';
import type { Timetable } from '@restante/relay';

export interface Forwarding {
  /** The envelope address that led here. */
  readonly recipient: string;
  /** Where its mail goes. */
  readonly target: string;
}

export type ForwardMessage = (message: MessageToDeliver, forwarding: Forwarding) => Promise<void>;

export function createForwarder(parts: {
  readonly spool: Spool;
  readonly timetable: Timetable;
}): ForwardMessage {
  return async (message, { recipient, target }) => {
    const body = await message.body();
    const trace = Buffer.from(`Delivered-To: ${recipient}\r\n`);
    const writer = parts.spool.begin({ sizeBytes: trace.length + message.sizeBytes });
    try {
      await writer.write(trace);
      if (body.kind === 'bytes') await writer.write(body.bytes);
      else for await (const chunk of body.open()) await writer.write(chunk);
      const commit = await writer.commit({
        messageId: derivedMessageId(message.messageId, [target]),
        envelope: {
          ...message.envelope,
          recipients: [{ ...wishesFor(message, recipient), address: target }],
        },
        origin: { ...message.origin, clientAddress: 'local' },
        verdict: message.verdict,
        fingerprint: createHash('sha256')
          .update(`${message.messageId} ${target}`)
          .digest('base64url'),
        path: message.path,
      });
      if (commit.kind === 'duplicate') return;
      parts.spool.confirmReply(commit.message.id);
      for (const route of parts.spool.entry(commit.message.id)?.routes ?? []) {
        parts.timetable.add({ id: commit.message.id, route, delayMs: 0 });
      }
    } finally {
      await writer.abort();
    }
  };
}

/** RFC 3461 §5.2.7: what the sender wants to hear, and of which address, goes along. */
function wishesFor(
  message: MessageToDeliver,
  recipient: string,
): Omit<EnvelopeRecipient, 'address'> {
  const asked = message.envelope.recipients.find(({ address }) => address === recipient);
  return {
    ...(asked?.notify === undefined ? {} : { notify: asked.notify }),
    ...(asked?.originalRecipient === undefined
      ? {}
      : { originalRecipient: asked.originalRecipient }),
  };
}
