// What goes along with a message to a home: to one of our own sites the signed note (cluster-wide id, the stranger's real
// address, the verdict); to a plain home the stranger by XFORWARD, which Postfix and others understand.
import type { KeyObject } from 'node:crypto';
import type { MessageToDeliver } from '@restante/delivery';
import { encodeHopNote } from '@restante/relay';

export interface TransactionExtras {
  readonly mailParameters?: ReadonlyMap<string, string>;
  readonly xforward?: ReadonlyMap<string, string>;
}

/** For a peer: the XRESTANTE parameter (design §4.3). */
export function noteForPeer(
  message: MessageToDeliver,
  own: { readonly site: string; readonly key: KeyObject },
): TransactionExtras {
  const note = encodeHopNote(
    {
      messageId: message.messageId,
      origin: message.origin,
      verdict: message.verdict,
      fingerprint: message.fingerprint,
      replyUnconfirmed: message.replyUnconfirmed,
      sha256: message.sha256,
      path: [...message.path, own.site],
      ...(message.isOnward === true ? { onward: true } : {}),
    },
    own.key,
  );
  return { mailParameters: new Map([['XRESTANTE', note]]) };
}

/** For a plain home: who the stranger was (Postfix XFORWARD_README: NAME ADDR PROTO HELO SOURCE). */
export function strangerForPlainHome({ origin }: MessageToDeliver): TransactionExtras {
  return {
    xforward: new Map([
      ['NAME', origin.clientName ?? '[UNAVAILABLE]'],
      ['ADDR', origin.clientAddress],
      ['PROTO', origin.protocol.includes('SMTP') ? 'ESMTP' : 'SMTP'],
      ['HELO', origin.helo === '' ? '[UNAVAILABLE]' : origin.helo],
      ['SOURCE', 'REMOTE'],
    ]),
  };
}
