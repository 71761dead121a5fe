// A report of ours becomes mail: signed with the keys of its author's domain, into the spool, and from there its way like all mail.
//
// Its id is made from its Message-ID and the day, so what is made again after a crash is stored once.
import { createHash } from 'node:crypto';
import { BodyHash, type DkimSigner } from '@restante/dkim';
import { acceptVerdict, createMessageIdMaker, derivedMessageId } from '@restante/mail-model';
import { readMessage, splitMessage } from '@restante/mime';
import { scheduler, storeOwn, type RelayParts } from '@restante/relay';

export interface OwnReport {
  /** In From; his domain signs. */
  readonly author: string;
  /** MAIL FROM; '' where nobody shall hear that it could not be delivered. */
  readonly sender: string;
  readonly to: readonly string[];
  readonly message: Buffer;
}

export type SendOwn = (report: OwnReport) => Promise<'stored' | 'known'>;

export type OwnParts = Pick<
  RelayParts,
  'site' | 'hostname' | 'spool' | 'timetable' | 'clock' | 'onEvent'
>;

const dayMs = 86_400_000;

export function createOwnSender(
  { site, hostname, spool, timetable, clock, onEvent }: OwnParts,
  signer: DkimSigner,
): SendOwn {
  return async ({ author, sender, to, message }) => {
    const nowMs = clock.now();
    const startedMs = clock.monotonicMs();
    const messageId = idFor(message, nowMs);
    const signature = await signatureFor(signer, { author, message, nowMs });
    // RFC 9990 §3.5.2: it should pass DMARC; without a signature SPF alone has to do.
    if (signature === '') onEvent({ name: 'dkim.failed' });
    const pieces = [Buffer.from(signature, 'latin1'), message];
    const commit = await storeOwn(
      { spool, schedule: scheduler(timetable) },
      {
        sizeBytes: pieces.reduce((sum, { length }) => sum + length, 0),
        pieces,
        facts: {
          messageId,
          envelope: {
            sender,
            // A report that cannot be delivered is no news to anybody (RFC 3461 §4.1).
            recipients: to.map((address) => ({ address, notify: ['never'] })),
            body: '7bit',
            smtpUtf8: false,
          },
          origin: {
            site,
            clientAddress: 'local',
            helo: hostname,
            protocol: 'local',
            receivedAtMs: nowMs,
          },
          verdict: acceptVerdict,
          fingerprint: createHash('sha256').update(messageId).digest('base64url'),
          path: [],
        },
      },
    );
    if (commit.kind === 'duplicate') return 'known';
    const { id, pending: recipients, sizeBytes } = commit.message;
    const durationMs = clock.monotonicMs() - startedMs;
    onEvent({
      name: 'message.accepted',
      id,
      messageId,
      from: 'local',
      sender,
      recipients,
      sizeBytes,
      clientAddress: 'local',
      durationMs,
    });
    return 'stored';
  };
}

function idFor(message: Buffer, nowMs: number): string {
  const startOfDay = nowMs - (nowMs % dayMs);
  const dayId = createMessageIdMaker((size) => new Uint8Array(size)).next(startOfDay);
  return derivedMessageId(dayId, ['report', readMessage(message).envelope.messageId ?? '']);
}

async function signatureFor(
  signer: DkimSigner,
  {
    author,
    message,
    nowMs,
  }: { readonly author: string; readonly message: Buffer; readonly nowMs: number },
): Promise<string> {
  const { header, body } = splitMessage(message);
  const hash = new BodyHash();
  hash.update(body);
  const bodyHash = hash.digest();
  return signer.sign({ author, header: header.toString('latin1'), bodyHash, atMs: nowMs });
}
