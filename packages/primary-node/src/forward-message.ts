// An alias may point elsewhere: then a copy goes back into the spool for that address, under an id of its own.
//
// Idempotent: the copy's id is made from the message and the address, so trying again after a crash stores nothing twice.
// The envelope sender stays as it was; strict SPF receivers may refuse such mail, which the operator's help says.
import { createHash } from 'node:crypto';
import { derivedMessageId } from '@restante/mail-model';
import type { MessageToDeliver } from '@restante/delivery';
import type { Spool } from '@restante/spool';
import type { Timetable } from '@restante/relay';

export type ForwardMessage = (message: MessageToDeliver, address: string) => Promise<void>;

export function createForwarder(parts: { readonly spool: Spool; readonly timetable: Timetable }): ForwardMessage {
  return async (message, address) => {
    const body = await message.body();
    const writer = parts.spool.begin({ sizeBytes: message.sizeBytes });
    try {
      if (body.kind === 'bytes') await writer.write(body.bytes);
      else for await (const chunk of body.open()) await writer.write(chunk);
      const commit = await writer.commit({
        messageId: derivedMessageId(message.messageId, [address]),
        envelope: { ...message.envelope, recipients: [{ address }] },
        origin: { ...message.origin, clientAddress: 'local' },
        verdict: message.verdict,
        fingerprint: createHash('sha256').update(`${message.messageId} ${address}`).digest('base64url'),
        path: [],
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
