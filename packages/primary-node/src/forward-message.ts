// An alias may point elsewhere: then a copy goes back into the spool for that address, under an id of its own.
//
// Idempotent: the copy's id is made from the message and the address, so trying again after a crash stores nothing twice.
// A circle of aliases ends at once: the copy says on top which address it was delivered to, and where it has been.
// The envelope sender stays as it was; strict SPF receivers may refuse such mail, which the operator's help says.
import { createHash } from 'node:crypto';
import { derivedMessageId, type EnvelopeRecipient } from '@restante/mail-model';
import type { MessageToDeliver, SpoolBodyLike } from '@restante/delivery';
import type { Spool } from '@restante/spool';
import { scheduler, storeOwn, type Timetable } from '@restante/relay';

export interface Forwarding {
  /** The envelope address that led here. */
  readonly recipient: string;
  /** Where its mail goes. */
  readonly target: string;
}

export type ForwardMessage = (message: MessageToDeliver, forwarding: Forwarding) => Promise<void>;

/** Header fields for the top of a copy that leaves us, CRLF ended; '' for none. */
export type SealForward = (message: MessageToDeliver, recipient: string) => Promise<string>;

export function createForwarder(parts: {
  readonly spool: Spool;
  readonly timetable: Timetable;
  readonly seal?: SealForward;
}): ForwardMessage {
  return async (message, { recipient, target }) => {
    const body = await message.body();
    const seal = (await parts.seal?.(message, recipient)) ?? '';
    const trace = Buffer.from(`Delivered-To: ${recipient}\r\n${seal}`, 'latin1');
    await storeOwn(
      { spool: parts.spool, schedule: scheduler(parts.timetable) },
      {
        sizeBytes: trace.length + message.sizeBytes,
        pieces: withTrace(trace, body),
        facts: {
          messageId: derivedMessageId(message.messageId, [target]),
          envelope: {
            ...message.envelope,
            recipients: [{ ...wishesFor(message, recipient), address: target }],
          },
          origin: { ...message.origin, clientAddress: 'local' },
          // Whoever looked at it in quarantine has let it go.
          verdict: { ...message.verdict, action: 'accept' },
          fingerprint: createHash('sha256')
            .update(`${message.messageId} ${target}`)
            .digest('base64url'),
          path: message.path,
        },
      },
    );
  };
}

async function* withTrace(trace: Buffer, body: SpoolBodyLike): AsyncIterable<Uint8Array> {
  yield trace;
  if (body.kind === 'bytes') yield body.bytes;
  else yield* body.open();
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
