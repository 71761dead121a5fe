// Messages and directories for the tests of the spool.
import { hash } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptVerdict, createMessageIdMaker, smtpReply } from '@restante/mail-model';
import type { RecipientOutcome } from '@restante/mail-model';
import type { Commit, MessageFacts, Spool, SpooledMessage } from '../src/index.ts';

const ids = createMessageIdMaker();
let made = 0;

export function facts(
  changes: Partial<MessageFacts> & { readonly to?: readonly string[] } = {},
): MessageFacts {
  const { to = ['ana@example.test'], ...rest } = changes;
  made += 1;
  return {
    messageId: ids.next(Date.now()),
    envelope: {
      sender: 'bob@sender.test',
      recipients: to.map((address) => ({ address })),
      body: '8bitmime',
      smtpUtf8: false,
    },
    origin: {
      site: 'test',
      clientAddress: '192.0.2.1',
      helo: 'client.test',
      protocol: 'ESMTP',
      receivedAtMs: Date.now(),
    },
    verdict: acceptVerdict,
    fingerprint: hash('sha256', `${process.pid} ${made} ${performance.now()}`, 'base64url'),
    path: [],
    ...rest,
  };
}

/** Commits one message; the body is text or bytes. */
export async function commit(
  spool: Spool,
  of: MessageFacts = facts(),
  body: string | Buffer = 'Subject: x\r\n\r\nhello\r\n',
): Promise<Commit> {
  const writer = spool.begin({});
  await writer.write(Buffer.from(body));
  return await writer.commit(of);
}

/** Commits one message that must be stored. */
export async function store(
  spool: Spool,
  of?: MessageFacts,
  body?: string | Buffer,
): Promise<SpooledMessage> {
  const result = await commit(spool, of, body);
  if (result.kind !== 'stored')
    throw new Error(`Not stored: a duplicate of ${result.of ?? 'what is gone'}.`);
  return result.message;
}

export async function bodyOf(spool: Spool, id: string): Promise<Buffer> {
  const body = await spool.body(id);
  if (body.kind === 'bytes') return body.bytes;
  const pieces: Buffer[] = [];
  for await (const piece of body.open()) pieces.push(piece);
  return Buffer.concat(pieces);
}

export const delivered = (recipient: string): RecipientOutcome => ({
  recipient,
  outcome: { kind: 'delivered', reply: smtpReply(250, '2.0.0', 'ok'), by: 'mx.example.test' },
});

export const deferred = (recipient: string): RecipientOutcome => ({
  recipient,
  outcome: {
    kind: 'deferred',
    reply: smtpReply(451, '4.3.0', 'later'),
    cause: 'next-hop-asked-to-wait',
  },
});

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

export async function temporaryDirectory(copyOf?: string): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'restante-spool-'));
  if (copyOf !== undefined) await cp(copyOf, path, { recursive: true });
  return {
    path,
    [Symbol.asyncDispose]: async () => await rm(path, { recursive: true, force: true }),
  };
}

/** Waits until it is so; fails after the deadline. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 10_000,
): Promise<void> {
  const before = performance.now() + deadlineMs;
  while (!(await isSo())) {
    if (performance.now() > before) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
