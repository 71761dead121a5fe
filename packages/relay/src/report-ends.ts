// Tells the sender what became of the mail, where the standards say he may be told (RFC 3461, RFC 3464, RFC 3834).
//
// A report is a message of our own in our own spool. Its id is derived from what it reports, so after a crash the same
// report is made again under the same id and stored once.
import { createHash } from 'node:crypto';
import { acceptVerdict, derivedMessageId } from '@restante/mail-model';
import { buildDsn, shouldReport, type DsnKind, type DsnRecipient } from '@restante/delivery';
import type { MessageFacts, SpooledMessage, StoredOutcome } from '@restante/spool';
import { scheduler, storeOwn } from './commit-message.ts';
import { readHeader } from './header-block.ts';
import type { RelayParts } from './relay-parts.ts';
import { mayBeReported, senderKind } from './who-is-told.ts';

/**
 * Reports every final outcome that wants one. Idempotent. `relayed` names recipients whose next hop does not know DSN; it is
 * not kept, so a crash in this very moment costs such a success notice and nothing else.
 */
export async function reportEnds(
  parts: RelayParts,
  message: SpooledMessage,
  relayed: ReadonlySet<string> = new Set(),
): Promise<void> {
  const ends = [...message.outcomes.values()];
  // Outcomes of one attempt share a time: they make one report, the same after a crash as before it.
  const groups = Map.groupBy(
    ends.filter(({ outcome }) => outcome.kind !== 'deferred'),
    ({ outcome, atMs }) => `${outcome.kind}@${atMs}`,
  );
  for (const group of groups.values()) {
    if (group[0]?.outcome.kind === 'rejected') {
      await report(parts, { message, kind: 'failed', ends: group });
      continue;
    }
    // Success is told by who delivers to the mailbox; a hop inside the cluster passes the wish on instead.
    await report(parts, {
      message,
      kind: 'delivered',
      ends: group.filter(({ outcome }) => outcome.kind === 'delivered' && outcome.by === 'mailbox'),
    });
    await report(parts, {
      message,
      kind: 'relayed',
      ends: group.filter(({ recipient }) => relayed.has(recipient)),
    });
  }
}

/** Tells the sender once that the mail still waits. */
export async function reportDelay(parts: RelayParts, message: SpooledMessage): Promise<void> {
  const now = parts.clock.now();
  const ends = message.pending.map((recipient): StoredOutcome => {
    const known = message.outcomes.get(recipient);
    return (
      known ?? {
        recipient,
        atMs: now,
        attempts: 0,
        outcome: { kind: 'deferred', cause: 'next-hop-unreachable', reply: waiting },
      }
    );
  });
  await report(parts, { message, kind: 'delayed', ends });
}

const waiting = {
  code: 451,
  enhanced: '4.4.1',
  text: 'The home of this recipient cannot be reached at the moment; the mail is kept safely',
};

interface Report {
  readonly message: SpooledMessage;
  readonly kind: DsnKind;
  readonly ends: readonly StoredOutcome[];
}

async function report(parts: RelayParts, { message, kind, ends }: Report): Promise<void> {
  const { envelope } = message;
  // Looked at before the body is read: most mail wants no report.
  if (ends.length === 0 || !mayBeReported(kind, senderKind(message, parts.router.isOurs))) return;
  const wanted = ends.filter((end) => isWanted(message, kind, end.recipient));
  if (wanted.length === 0) return;

  const header = await readHeader(await parts.spool.body(message.id));
  const decision = shouldReport({ kind, envelope, verdict: message.verdict, header: header.text });
  if (decision.kind === 'no') {
    parts.onEvent({ name: 'message.bounce-withheld', id: message.id, why: decision.why });
    return;
  }
  const now = parts.clock.now();
  // A delay is told once, whoever still waits by then.
  const about = kind === 'delayed' ? [] : wanted.map((end) => end.recipient).toSorted();
  const dsnId = derivedMessageId(message.id, [kind, ...about]);
  const dsn = buildDsn({
    kind,
    messageId: dsnId,
    reportingMta: parts.hostname,
    to: envelope.sender,
    ...(envelope.envelopeId === undefined ? {} : { envelopeId: envelope.envelopeId }),
    arrivalMs: message.acceptedAtMs,
    nowMs: now,
    recipients: wanted.map((end) => dsnRecipient(parts, message, end)),
    originalHeader: Buffer.from(header.text, 'latin1'),
    smtpUtf8: envelope.smtpUtf8,
  });

  const facts: MessageFacts = {
    messageId: dsnId,
    envelope: dsn.envelope,
    origin: {
      site: parts.site,
      clientAddress: 'local',
      helo: parts.hostname,
      protocol: 'local',
      receivedAtMs: now,
    },
    verdict: acceptVerdict,
    fingerprint: createHash('sha256').update(dsnId).digest('base64url'),
    path: [],
  };
  const commit = await storeOwn(
    { spool: parts.spool, schedule: scheduler(parts.timetable) },
    { facts, sizeBytes: dsn.bytes.length, pieces: [dsn.bytes] },
  );
  if (commit.kind === 'duplicate') return;
  parts.onEvent({
    name: 'message.bounced',
    id: message.id,
    dsnId,
    kind: kind === 'relayed' ? 'delivered' : kind,
  });
}

/** RFC 3461 §4.1: without NOTIFY a sender hears of failures and delays, not of success. */
function isWanted(message: SpooledMessage, kind: DsnKind, recipient: string): boolean {
  const notify = message.envelope.recipients.find(
    (candidate) => candidate.address === recipient,
  )?.notify;
  if (kind === 'delivered' || kind === 'relayed') return notify?.includes('success') === true;
  return notify === undefined || notify.includes(kind === 'failed' ? 'failure' : 'delay');
}

function dsnRecipient(
  parts: RelayParts,
  message: SpooledMessage,
  end: StoredOutcome,
): DsnRecipient {
  const asked = message.envelope.recipients.find(
    (candidate) => candidate.address === end.recipient,
  );
  const giveUpMs = message.acceptedAtMs + parts.schedule.lifetimeMs;
  return {
    address: end.recipient,
    ...(asked?.originalRecipient === undefined
      ? {}
      : { originalRecipient: asked.originalRecipient }),
    reply: end.outcome.reply,
    ...(end.outcome.by === undefined ? {} : { remoteMta: end.outcome.by }),
    lastAttemptMs: end.atMs,
    ...(end.outcome.kind === 'deferred' ? { willRetryUntilMs: giveUpMs } : {}),
  };
}
