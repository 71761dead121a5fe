// The target and the messages that the client's tests share.
import type { EnvelopeRecipient } from '@restante/mail-model';
import type { SmtpTarget, Transaction } from '@restante/smtp';

export function targetAt(port: number, more: Partial<SmtpTarget> = {}): SmtpTarget {
  return {
    host: 'localhost',
    address: '127.0.0.1',
    port,
    protocol: 'smtp',
    helo: 'client.example.test',
    tls: { mode: 'none' },
    ...more,
  };
}

export const plainBody = 'Subject: hello\r\n\r\nHello, Ana.\r\n';

export function messageTo(
  recipients: readonly (string | EnvelopeRecipient)[],
  {
    body = plainBody,
    ...more
  }: { readonly body?: string | Buffer } & Partial<Omit<Transaction, 'body'>> = {},
): Transaction {
  return {
    envelope: {
      sender: 'bo@client.example.test',
      recipients: recipients.map((one) => (typeof one === 'string' ? { address: one } : one)),
      body: '7bit',
      smtpUtf8: false,
    },
    body: { kind: 'bytes', bytes: typeof body === 'string' ? Buffer.from(body) : body },
    ...more,
  };
}

export function streamed(transaction: Transaction, chunks: readonly Buffer[]): Transaction {
  const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return {
    ...transaction,
    body: {
      kind: 'stream',
      sizeBytes,
      async *open() {
        yield* chunks;
      },
    },
  };
}

export const ana = 'ana@home.example.test';
export const bob = 'bob@home.example.test';
