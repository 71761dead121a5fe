// How every message gets into this site's hands: on disk, then on the timetable (law 1, law 2). The one place.
//
//   commitMessage   the bytes are in the writer already: a stranger, a peer or one of our people brought them
//   acceptMessage   the same, and what whoever brought it is told
//   storeOwn        we made the message ourselves: a report, a forwarded copy
import type { EventSink, Route } from '@restante/mail-model';
import type { MessageAnswer } from '@restante/smtp';
import {
  SpoolError,
  type Commit,
  type MessageFacts,
  type Spool,
  type SpoolWriter,
} from '@restante/spool';
import type { Clock } from '@restante/runtime';
import { replies } from './replies.ts';
import type { Timetable } from './timetable.ts';

export interface CommitParts {
  readonly spool: Spool;
  /** Puts a stored message on the timetable; never throws, never waits. */
  readonly schedule: (id: string, routes: readonly Route[]) => void;
}

export function scheduler(timetable: Pick<Timetable, 'add'>): CommitParts['schedule'] {
  return (id, routes) => {
    for (const route of routes) timetable.add({ id, route, delayMs: 0 });
  };
}

/** Resolves when the message survives a power cut. Throws what the spool throws; then nothing was taken. */
export async function commitMessage(
  { schedule }: Pick<CommitParts, 'schedule'>,
  writer: SpoolWriter,
  facts: MessageFacts,
): Promise<Commit> {
  const commit = await writer.commit(facts);
  if (commit.kind === 'stored') {
    schedule(commit.message.id, commit.routes);
  }
  return commit;
}

export interface AcceptParts extends CommitParts {
  readonly onEvent: EventSink;
  readonly clock: Clock;
}

export interface Accepting {
  readonly writer: SpoolWriter;
  readonly facts: MessageFacts;
  readonly from: 'stranger' | 'peer' | 'account' | 'local';
  /** When its first byte came; monotonic. */
  readonly startedMs: number;
}

/** The moment of responsibility. Never throws: a spool that fails is a 4xx, and the client tries again. */
export async function acceptMessage(
  parts: AcceptParts,
  accepting: Accepting,
): Promise<MessageAnswer> {
  const { writer, facts } = accepting;
  let commit: Commit;
  try {
    commit = await commitMessage(parts, writer, facts);
  } catch (cause) {
    parts.onEvent({ name: 'message.not-accepted', reason: 'not stored', cause });
    const isFull = cause instanceof SpoolError && cause.code === 'SPOOL_FULL';
    return { reply: isFull ? replies.diskFull : replies.notDurable };
  }
  if (commit.kind === 'duplicate') {
    parts.onEvent({ name: 'message.duplicate', messageId: facts.messageId, why: commit.why });
    return { reply: replies.acceptedBefore(commit.of) };
  }
  const { id, pending, sizeBytes } = commit.message;
  parts.onEvent({
    name: 'message.accepted',
    id,
    messageId: facts.messageId,
    from: accepting.from,
    sender: facts.envelope.sender,
    recipients: pending,
    sizeBytes,
    clientAddress: facts.origin.clientAddress,
    durationMs: parts.clock.monotonicMs() - accepting.startedMs,
  });
  return {
    reply: replies.accepted(id),
    onReplySeen: () => parts.spool.confirmReply(id),
    onReplyLost: () => parts.spool.abandonReply(id),
  };
}

export interface OwnMessage {
  readonly facts: MessageFacts;
  readonly sizeBytes: number;
  readonly pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** Nobody waits for a reply to it. The same id again is stored once. */
export async function storeOwn(
  parts: CommitParts,
  { facts, sizeBytes, pieces }: OwnMessage,
): Promise<Commit> {
  const writer = parts.spool.begin({ sizeBytes });
  try {
    for await (const piece of pieces) await writer.write(piece);
    const commit = await commitMessage(parts, writer, facts);
    if (commit.kind === 'stored') parts.spool.confirmReply(commit.message.id);
    return commit;
  } finally {
    await writer.abort();
  }
}
