// A message to deliver, as the spool would give it.
import type { MessageToDeliver } from '@restante/delivery';
import type { ScriptedPeer } from '@restante/smtp/testing';

export const bodyText = 'Subject: hello\r\n\r\nHello.\r\n';
export const never = new AbortController().signal;

export function messageFor(
  recipients: readonly string[],
  more: Partial<MessageToDeliver> = {},
): MessageToDeliver {
  return {
    id: 'm1',
    messageId: 'm1',
    envelope: {
      sender: 'bo@client.test',
      recipients: recipients.map((address) => ({ address })),
      body: '7bit',
      smtpUtf8: false,
    },
    recipients,
    origin: {
      site: 'us',
      clientAddress: '192.0.2.1',
      helo: 'client.test',
      protocol: 'ESMTP',
      receivedAtMs: 0,
    },
    verdict: { action: 'accept', reasons: [] },
    fingerprint: 'f',
    replyUnconfirmed: false,
    path: [],
    sizeBytes: bodyText.length,
    sha256: 's',
    acceptedAtMs: 0,
    body: async () => ({ kind: 'bytes', bytes: Buffer.from(bodyText) }),
    ...more,
  };
}

/** Takes every message; recipients are judged by the function. Gives the number of recipients named in each. */
export async function takeMessages(
  peer: ScriptedPeer,
  {
    keywords = ['PIPELINING', 'DSN'],
    judge = () => '250 2.1.5 ok',
    onMessage = () => {},
  }: {
    readonly keywords?: readonly string[];
    readonly judge?: (recipient: string, index: number) => string;
    readonly onMessage?: (recipients: readonly string[]) => void | Promise<void>;
  } = {},
): Promise<void> {
  await peer.welcomes(...keywords);
  let recipients: string[] = [];
  let accepted = 0;
  for (;;) {
    const line = await peer.line();
    if (line.startsWith('RCPT')) {
      const reply = judge(/<(.*)>/.exec(line)?.[1] ?? '', recipients.length);
      recipients.push(line);
      if (reply.startsWith('2')) accepted += 1;
      peer.says(reply);
    } else if (line === 'DATA') {
      if (accepted === 0) {
        peer.says('554 5.5.1 no valid recipients');
        continue;
      }
      peer.says('354 go');
      await peer.through('\r\n.\r\n');
      await onMessage(recipients);
      peer.says('250 2.0.0 taken');
    } else if (line === 'QUIT') {
      peer.says('221 bye');
      peer.socket.end();
      return;
    } else {
      recipients = [];
      accepted = 0;
      peer.says('250 ok');
    }
  }
}
